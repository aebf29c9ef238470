"""Check every notebook against the page budget of CONTRIBUTING.md.

    python tools/lint_pages.py

A lecture has at most 25 code cells, a lab 40; half of the cells have at most 5 lines and
9 of 10 at most 10, none more than 25; there are 8 to 20 words of prose for a line of code
and prose between any two code cells. Cells tagged "widget", which only show an explorable, are
not counted, nor is the prose of their sections; check cells of labs do not count for
the median. Every figure has alt text, every cell stored output; students' copies have
small pictures.
"""

import re
import statistics

from book import ROOT, labs, notebooks, read, stop
from pictures import LIMIT, drawn, is_figure

MAX_CELLS = {"lectures": 25, "solutions": 40}
WORDS_PER_LINE = (8, 20)
LEADS = ("**What you will do.**", "**What you will learn.**", "**What you need.**")
VAGUE_ALT = re.compile(r"^(an? )?(image|picture|figure|plot|graph) of\b", re.IGNORECASE)

DRAWN = re.compile(r"plot_(?!images)|draw_|show_colorbar")  # figures that show a relation
NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|half)\b"
    r"|\b(?:none|no|both|all|each|every)\b"
)
RELATION = re.compile(
    NUMBER
    + r"|\b(?:more|most|less|least|fewer|than|above|below|left|right|same|different|larger?|smaller?|between)\b"
    r"|\b(?:rises?|falls?|grows?|shrinks?|higher|lower|highest|lowest|crosse?s?|follows?|separates?)\b",
    re.IGNORECASE,
)


def code_lines(source):
    """Return the lines of a cell that count: not blank, not comments."""
    return [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]


def words(source):
    """Return the number of words in a markdown cell; HTML tags and addresses don't count."""
    text = re.sub(r"<[^>]*>|\]\([^)]*\)|`{3,}.*", " ", source)
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))


def own_cells(notebook):
    """Return the cells that authors write: not the launch line and not the setup cell."""
    return [cell for cell in notebook.cells if cell.get("id") not in ("launch", "setup")]


def without_explorables(cells):
    """Return the cells without the sections that hold an explorable: its code is in the figure."""
    sections = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and re.match(r"##+ ", cell.source):
            sections.append([])
        sections[-1].append(cell)
    kept = [s for s in sections if not any("widget" in c.metadata.get("tags", []) for c in s)]
    return [cell for section in kept for cell in section]


def budget_problems(notebook, kind):
    """Return what breaks the budget of sizes."""
    cells = own_cells(notebook)
    counted = [c for c in cells if c.cell_type == "code" and "widget" not in c.metadata.get("tags", [])]
    sizes = [len(code_lines(c.source)) for c in counted]
    read_by_all = [len(code_lines(c.source)) for c in counted if "check" not in c.metadata.get("tags", [])]
    if not sizes:
        return ["there is no code"]
    prose = sum(words(c.source) for c in without_explorables(cells) if c.cell_type == "markdown")
    ratio, within_ten = prose / max(1, sum(sizes)), sum(s <= 10 for s in sizes) / len(sizes)
    found = []
    if len(sizes) > MAX_CELLS[kind]:
        found.append(f"{len(sizes)} code cells, at most {MAX_CELLS[kind]}")
    if statistics.median(read_by_all) > 5:
        found.append(
            f"half of the code cells have more than {statistics.median(read_by_all):g} lines, at most 5"
        )
    if within_ten < 0.9:
        found.append(f"{within_ten:.0%} of the code cells have at most 10 lines, at least 90 %")
    if max(sizes) > 25:
        found.append(f"a code cell has {max(sizes)} lines, at most 25")
    if not WORDS_PER_LINE[0] <= ratio <= WORDS_PER_LINE[1]:
        found.append(f"{ratio:.1f} words for a line of code, from {WORDS_PER_LINE[0]} to {WORDS_PER_LINE[1]}")
    return found


def rhythm_problems(notebook, kind):
    """Return what breaks the order of a page: its opening, its close, prose between code."""
    cells = own_cells(notebook)
    found = []
    if not re.match(r"# \S", cells[0].source):
        found.append("the first cell does not begin with the title")
    opening = "\n".join(c.source for c in cells[:3])
    found += [f"the opening lacks {lead}" for lead in LEADS if lead not in opening]
    if not any("## What to remember" in c.source for c in cells[-3:]):
        found.append('no section "What to remember" at the end')
    if kind == "lectures" and not any("## Check yourself" in c.source for c in cells):
        found.append('no section "Check yourself"')
    for before, after in zip(cells, cells[1:], strict=False):
        if before.cell_type == after.cell_type == "code":
            found.append(f"no prose between the code cells {before['id']} and {after['id']}")
    return found


def output_problems(notebook):
    """Return cells without stored output, with a stored picture, or with a figure that lacks alt text."""
    found = []
    for cell in (c for c in notebook.cells if c.cell_type == "code" and c["id"] != "setup"):
        data = [output.get("data", {}) for output in cell.outputs]
        if cell.execution_count is None:
            found.append(f"{cell['id']} was not executed: run `make outputs`")
        if any(kind.startswith("image/") for d in data for kind in d):
            found.append(f"{cell['id']} stores a picture: run `make outputs`")
        if any(map(is_figure, cell.outputs)):
            found += alt_problems(cell)
    return found


def alt_problems(cell):
    """Return what is wrong with the alt text and the caption of a cell's figure."""
    settings = cell.metadata.get("mystnb", {})
    alt = settings.get("image", {}).get("alt", "")
    found = []
    if len(alt.split()) < 5:
        found.append(f"{cell['id']} makes a figure without alt text")
    if VAGUE_ALT.match(alt):
        found.append(f"the alt text of {cell['id']} begins with {alt.split()[0]!r}: say what it shows")
    if DRAWN.search(cell.source) and not RELATION.search(alt):
        found.append(f"the alt text of {cell['id']} names no number and no relation that its figure shows")
    if not settings.get("figure", {}).get("caption"):
        found.append(f"{cell['id']} makes a figure without a caption")
    return found


def problems(path, root=ROOT):
    """Return all that is wrong with one notebook, as sentences."""
    notebook = read(root / path)
    kind = path.parent.name
    return budget_problems(notebook, kind) + rhythm_problems(notebook, kind) + output_problems(notebook)


def copy_problems(path, root=ROOT):
    """Return what is wrong with the figures of a student's copy; its source answers for the rest."""
    notebook = read(root / path)
    found = []
    for name, shown in drawn(notebook).items():
        found += alt_problems(next(c for c in notebook.cells if c["id"] == name))
        size = max(len(png) for png, _ in shown) * 3 // 4
        if size > LIMIT:
            found.append(f"{name} stores a picture of {size} bytes, at most {LIMIT}")
    return found


def main():
    """Print what is wrong with each notebook; exit status 1 if anything is."""
    found = [f"{path}: {problem}" for path in notebooks() for problem in problems(path)]
    found += [f"{path}: {problem}" for path in labs() for problem in copy_problems(path)]
    if found:
        stop("\n".join(found))
    print(f"{len(notebooks()) + len(labs())} notebooks keep to the page budget")


if __name__ == "__main__":
    main()
