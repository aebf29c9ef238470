"""Write what comes out of grading: a table, a page for each student, and a summary."""

import csv
import io
from collections import Counter
from pathlib import Path
from statistics import mean, median

import jinja2
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from book import write_whole

HERE = Path(__file__).parent
PAGES = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what begins so for a formula


def number(value):
    """Return a number of points without needless decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def plain(text):
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_table(path, lab, results):
    """Write one line for each student: points, points of each exercise, seconds, what was odd."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    columns = [f"{e.number} {e.title}" for e in lab.exercises]
    table.writerow(["student", "points", "of", *columns, "seconds", "odd"])
    for one in results:
        points = [number(row["points"]) for row in one["rows"]] or ["0"] * len(columns)
        last = [one["seconds"], plain("; ".join(one["odd"]))]
        table.writerow([plain(one["student"]), number(total(one)), number(most(lab)), *points, *last])
    write_whole(path, "\ufeff" + out.getvalue())  # the mark tells spreadsheets that this is UTF-8


def total(result):
    """Return a student's points."""
    return sum(row["points"] for row in result["rows"])


def most(lab):
    """Return the points that a lab is worth."""
    return sum(c.metadata.nbgrader.points for c in lab.checks.values())


def write_feedback(path, lab, result):
    """Write the page of one student: points, what each check said, the answer that was judged."""
    style = HtmlFormatter(nobackground=True, style="a11y-high-contrast-light")
    shown = {name: highlight(code, PythonLexer(), style) for name, code in result["answers"].items()}
    exercises = []
    for exercise, row in zip(lab.exercises, result["rows"], strict=False):
        codes = [jinja2.utils.markupsafe.Markup(shown[n]) for n in exercise.answers if n in shown]
        exercises.append({**row, "codes": codes, "right": row["points"] == row["of"]})
    page = PAGES.get_template("feedback.html").render(
        lab=lab.title,
        student=result["student"],
        exercises=exercises,
        odd=[with_line(lab, line) for line in result["odd"]],
        seconds=result["seconds"],
        points=number(total(result)),
        most=number(most(lab)),
        style=jinja2.utils.markupsafe.Markup(style.get_style_defs(".highlight")),
        number=number,
    )
    write_whole(path, page)


def with_line(lab, line):
    """Return a line on what was odd, with the last line of the given cell that it names: students see no ids."""
    name, _, why = line.partition(": ")
    if not why or name not in lab.visible or name in lab.answers or name in lab.checks:
        return line
    return f"the cell that ends with `{lab.visible[name].rstrip().splitlines()[-1]}`: {why}"


def write_summary(path, lab, results, isolation):
    """Write the page for the instructor: the distribution, each exercise, frequent mistakes, what was odd."""
    points = [total(one) for one in results]
    page = PAGES.get_template("summary.html").render(
        lab=lab.title,
        count=len(results),
        most=number(most(lab)),
        mean=number(mean(points)) if points else "–",
        median=number(median(points)) if points else "–",
        plot=jinja2.utils.markupsafe.Markup(distribution(points, most(lab))) if points else "",
        exercises=[exercise_summary(lab, results, i) for i in range(len(lab.exercises))],
        students=sorted(results, key=lambda one: one["student"].casefold()),
        total=total,
        number=number,
        isolation=isolation,
    )
    write_whole(path, page)


def exercise_summary(lab, results, index):
    """Return how an exercise was solved, and the mistakes of several students in it."""
    rows = [one["rows"][index] for one in results if one["isolation"] != "none"]  # what was run
    mistakes = Counter(row["mistake"] for row in rows if row["mistake"])
    exercise = lab.exercises[index]
    right = sum(row["points"] == row["of"] for row in rows)
    return {
        "number": exercise.number,
        "title": exercise.title,
        "right": right,
        "share": round(100 * right / len(results)) if results else 0,
        "mistakes": mistakes.most_common(5),
    }


def distribution(points, most_points):
    """Return a histogram of points as SVG; grey and blue are readable on light and on dark pages."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 2.6), layout="constrained")
    FigureCanvasSVG(figure)
    ax, bins = figure.subplots(), min(20, max(1, round(most_points)))
    ax.hist(points, bins=bins, range=(0, most_points), color="#4a86d8", edgecolor="none", rwidth=0.9)
    ax.set(xlabel="points", ylabel="students", xlim=(0, most_points))
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color("#7a7a7a")
    ax.tick_params(color="#7a7a7a")
    for item in (ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()):
        item.set_color("#7a7a7a")
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()[out.getvalue().index("<svg") :]
