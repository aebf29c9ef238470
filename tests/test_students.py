"""The students' copies: up to date, without a line of a solution; and the site without the solutions."""

import json
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import book
import build
import exercises
import leaks
import links
import lint_pages
import pictures
import stage
import students
from test_tools import a_copy, a_notebook

ROOT = book.ROOT
LABS = [pytest.param(copy, source, id=copy.stem) for copy, source in book.labs().items()]
COPY, SOURCE = book.LABS / "sums.ipynb", book.SOLUTIONS / "sums.ipynb"

ANSWER = """\
start = 40
### BEGIN SOLUTION
secret_total = start + 2 - 0
total = secret_total
### END SOLUTION
print(total)"""
CHECK = """\
assert total == 42, f"expected 42, found {total}"
### BEGIN HIDDEN TESTS
assert total + 1 == 43
### END HIDDEN TESTS
print("Exercise 1: your total is right.")"""


def a_lab():
    """Return a lab with one exercise, as its author writes it, with stored outputs."""
    cells = [
        new_markdown_cell("# Sums\n\nA lab.", id="title"),
        new_markdown_cell("\n".join(lint_pages.LEADS), id="leads"),
        new_code_cell("given = 1", id="given", execution_count=1),
        new_markdown_cell(
            "## Exercise 1 – add up\n\nAbout 10 minutes. See [the next](sums.ipynb).", id="one"
        ),
        new_code_cell(ANSWER, id="answer", metadata={"tags": ["exercise"]}, execution_count=2),
        new_markdown_cell("The check:", id="words"),
        new_code_cell(CHECK, id="check", metadata={"tags": ["check"]}, execution_count=3),
    ]
    cells[4].outputs = [new_output("stream", name="stdout", text="42\n")]
    return a_notebook(cells)


@pytest.fixture
def course(tmp_path):
    """Return a small course with one lab and its student's copy."""
    folder = a_copy(tmp_path)
    book.write(a_lab(), folder / SOURCE)
    parts = [{"chapters": [{"file": str(p.with_suffix(""))}]} for p in (COPY, SOURCE)]
    (folder / "_toc.yml").write_text(json.dumps({"format": "jb-book", "root": "book/intro", "parts": parts}))
    links.out_of_date(folder, mend=True)
    students.out_of_date(folder, mend=True)
    return folder


def cell(notebook, name):
    return next(c for c in notebook.cells if c["id"] == name)


# ---------------------------------------------------------------- the labs of the course


def test_the_copies_are_up_to_date():
    assert students.out_of_date() == []


@pytest.mark.parametrize(("copy", "source"), LABS)
def test_no_line_of_a_solution_is_in_a_copy_and_given_code_is_as_it_was(copy, source):
    answered, copied = book.read(ROOT / source), book.read(ROOT / copy)
    lines = leaks.solution_lines(answered)
    assert len(lines) >= 10
    assert leaks.leaked(lines, "\n".join(c.source for c in copied.cells)) == []
    assert leaks.changed_given_cells(answered, copied) == []


@pytest.mark.parametrize(("copy", "source"), LABS)
def test_every_exercise_has_a_stub_that_names_it_and_the_output_to_aim_for(copy, source):
    answered, copied = book.read(ROOT / source), book.read(ROOT / copy)
    for exercise in exercises.exercises(answered):
        for name in exercise.answers:
            assert f'raise NotImplementedError("Exercise {exercise.number}: ' in cell(copied, name).source
            compile(cell(copied, name).source, name, "exec")
        for name in (*exercise.answers, *exercise.checks):
            texts = [o.get("text") or o.data["text/plain"] for o in cell(answered, name).outputs]
            assert [o.get("text") or o.data["text/plain"] for o in cell(copied, name).outputs] == texts
    figures = pictures.figures(answered)
    assert set(pictures.drawn(copied)) == set(figures)
    assert lint_pages.copy_problems(copy) == []


@pytest.mark.parametrize(("copy", "source"), LABS)
def test_a_copy_says_what_to_hand_in_and_how_long_it_takes(copy, source):
    text = cell(book.read(ROOT / copy), "how-to-use-this-notebook").source
    listed = exercises.exercises(book.read(ROOT / source))
    for words in ("What to hand in", copy.name, f"{len(listed)} exercises", "minutes", "right solution"):
        assert words in text


@pytest.mark.parametrize(("copy", "source"), LABS)
def test_every_exercise_has_staged_hints(copy, source):
    sections = {}
    for text in (c.source for c in book.read(ROOT / source).cells if c.cell_type == "markdown"):
        for part in text.replace("\n## ", "\n\0## ").split("\0"):
            number = part.split()[2] if part.startswith("## Exercise") else None
            current = number if part.startswith("## ") else current if sections else None  # noqa: F821
            if current:
                sections[current] = sections.get(current, 0) + part.count("<summary>Hint")
    assert sections and min(sections.values()) >= 2


@pytest.mark.parametrize(("copy", "source"), LABS)
def test_launch_links_open_the_copy(copy, source):
    for path in (copy, source):
        assert cell(book.read(ROOT / path), "launch").source.count(f'{path.as_posix()}"') == 3


# ---------------------------------------------------------------- what makes them fail


def test_a_copy_is_the_same_each_time(course):
    before = (course / COPY).read_bytes()
    assert students.out_of_date(course) == []
    (course / COPY).unlink()
    assert students.out_of_date(course) == [COPY]
    students.out_of_date(course, mend=True)
    assert (course / COPY).read_bytes() == before


def test_a_copy_keeps_given_code_and_outputs_and_cuts_the_rest(course):
    copied, answered = book.read(course / COPY), book.read(course / SOURCE)
    assert [c["id"] for c in copied.cells[:4]] == ["title", "launch", "setup", "how-to-use-this-notebook"]
    stub = cell(copied, "answer")
    assert stub.source.splitlines()[1] == "start = 40" and stub.source.endswith("print(total)")
    assert 'raise NotImplementedError("Exercise 1: add up")' in stub.source
    assert stub.outputs[0].text == "42\n" and stub.execution_count is None
    assert "HIDDEN" not in cell(copied, "check").source and "43" not in cell(copied, "check").source
    assert cell(copied, "check").metadata.nbgrader.points == 2
    assert cell(copied, "check").metadata.editable is False and "editable" not in stub.metadata
    assert (
        cell(answered, "check").metadata.nbgrader.locked
        and cell(answered, "answer").metadata.nbgrader.solution
    )
    assert leaks.changed_given_cells(answered, copied) == []


BROKEN = {
    "stale": lambda n: n.cells[0].update(source="# Sums\n\nOlder words."),
    "a changed given cell": lambda n: cell(n, "given").update(source="given = 2"),
    "a lost given cell": lambda n: n.cells.remove(cell(n, "given")),
    "a leak": lambda n: cell(n, "answer").update(source="secret_total  = start + 2 - 0"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_copy_is_named(course, case):
    copied, answered = book.read(course / COPY), book.read(course / SOURCE)
    BROKEN[case](copied)
    book.write(copied, course / COPY)
    assert students.out_of_date(course) == [COPY]
    lines = leaks.solution_lines(answered)
    assert lines == ["secret_total = start + 2 - 0", "total = secret_total"]
    assert bool(leaks.leaked(lines, cell(copied, "answer").source)) == (case == "a leak")
    assert bool(leaks.changed_given_cells(answered, copied)) == ("given cell" in case or case == "stale")


def test_a_changed_source_makes_the_copy_stale(course):
    answered = book.read(course / SOURCE)
    cell(answered, "words").source = "Other words."
    book.write(answered, course / SOURCE)
    assert students.out_of_date(course) == [COPY]


PROBLEMS = {
    "no time": (lambda n: cell(n, "one").update(source="## Exercise 1 – add up"), "no time in minutes"),
    "no check": (lambda n: n.cells.remove(cell(n, "check")), 'no cell tagged "check"'),
    "no solution": (lambda n: cell(n, "answer").update(source="total = 1"), "no solution between marks"),
    "no tag": (lambda n: cell(n, "answer").metadata.pop("tags"), "no tag exercise"),
    "numbers": (lambda n: cell(n, "one").update(source="## Exercise 3 – add\n5 minutes"), "numbered [3]"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_a_lab_that_cannot_be_graded_is_named(case):
    breaks, message = PROBLEMS[case]
    notebook = a_lab()
    breaks(notebook)
    assert any(message in problem for problem in exercises.problems(notebook))
    assert exercises.problems(a_lab()) == []


# ---------------------------------------------------------------- pictures


def test_a_picture_is_kept_until_the_code_before_it_changes(tmp_path):
    notebook = a_lab()
    figure = new_output("display_data", data={"text/plain": "<Figure size 9x9 with 1 Axes>"})
    cell(notebook, "answer").outputs.append(figure)
    key = pictures.figures(notebook)
    assert list(key) == ["answer"]
    cell(notebook, "check").source += "\n# later"
    cell(notebook, "words").source += " More."
    assert pictures.figures(notebook) == key
    cell(notebook, "given").source = "given = 3"
    assert pictures.figures(notebook) != key

    copied = pictures.with_pictures(a_lab(), {})
    cell(copied, "answer").outputs.append(nbformat.from_dict(figure))
    copied = pictures.with_pictures(copied, {"answer": [("iVBOR", {"needs_background": "light"})]})
    copied.metadata["course"] = {"figures": key}
    book.write(copied, tmp_path / "copy.ipynb")
    assert students.kept_pictures(tmp_path / "copy.ipynb", key)["answer"][0][0].strip() == "iVBOR"
    assert students.kept_pictures(tmp_path / "copy.ipynb", {"answer": "another"}) == {}


def test_a_large_picture_is_made_small():
    import base64
    import io

    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (700, 900, 4), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).resize((30, 20)).resize((900, 600)).save(buffer, "png")
    small = base64.b64decode(pictures.small(base64.b64encode(buffer.getvalue()).decode()))
    assert len(small) <= pictures.LIMIT < len(buffer.getvalue())
    assert small == base64.b64decode(pictures.small(base64.b64encode(buffer.getvalue()).decode()))


# ---------------------------------------------------------------- the site


def test_a_repository_without_solutions_shows_the_outputs_stored_in_the_copies(course):
    config = course / "_config.yml"
    config.write_text(config.read_text().replace("course_solutions: true", "course_solutions: false"))
    shutil.rmtree(course / "book/solutions")
    assert book.notebooks(course) == []
    staged = nbformat.reads(stage.staged_lab(COPY, None, course).decode(), as_version=4)
    assert cell(staged, "answer").outputs[0].text == "42\n"


def test_with_the_switch_off_no_page_of_this_course_leaks(monkeypatch):
    monkeypatch.setattr(
        build, "site_pages", lambda root: [p for p in book.toc_files() if "solutions" not in p]
    )
    monkeypatch.setattr(stage, "shows_solutions", lambda root: False)
    empty = {
        p: {
            "outputs": [[] for c in book.read(ROOT / p).cells if c.cell_type == "code"],
            "cpu_seconds": 1,
            "memory_mb": 1,
        }
        for p in book.notebooks()
    }
    staged = build.staged_pages(empty)
    assert len(staged) == len(book.toc_files()) - len(book.labs())
    for path, content in staged.items():
        assert "solutions/" not in content.decode(), path
    for copy, source in book.labs().items():
        lines = leaks.solution_lines(book.read(ROOT / source))
        shown = nbformat.reads(staged[copy].decode(), as_version=4)
        assert leaks.leaked(lines, "\n".join(c.source for c in shown.cells)) == [], copy


def test_a_page_of_solutions_is_told_from_its_lab(course):
    kept = {"outputs": [[] for c in book.read(course / SOURCE).cells if c.cell_type == "code"]}
    solved = nbformat.reads(stage.staged_notebook(SOURCE, kept, course).decode(), as_version=4)
    assert solved.cells[0].source.startswith("# Solutions: Sums")
    assert "](../labs/sums.ipynb)" in cell(solved, "one").source
    assert "HIDDEN" not in cell(solved, "check").source and "SOLUTION" not in cell(solved, "answer").source


def test_a_stale_copy_stops_the_build_with_a_sentence(course, capsys):
    with pytest.raises(SystemExit):
        stage.staged_lab(COPY, {"outputs": [[]]}, course)
    assert "run `make students`" in capsys.readouterr().err
