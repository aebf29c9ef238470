"""The tools: keys of executions, failures, links, stored outputs, and the page budget."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import book
import execute
import links
import lint_pages
import stage
import store_outputs
from course_utils._alexnet import official_file

ROOT = Path(__file__).resolve().parent.parent


def a_copy(tmp_path, *, notebooks=()):
    """Return a small course: the real tools and configuration, and the notebooks given."""
    for name in ("tools", "book/_static"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tools/hero.py").unlink()  # it needs the real package
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils/__init__.py").write_text("")
    for name in ("_config.yml", "requirements.txt", "README.md", "book/references.bib"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "book/intro.md").write_text("# Start\n\nWords.\n")
    chapters = []
    for name, cells in notebooks:
        path = f"book/lectures/{name}"
        chapters.append(f"      - file: {path}\n")
        book.write(a_notebook(cells), tmp_path / f"{path}.ipynb")
    parts = "parts:\n  - chapters:\n" + "".join(chapters) if chapters else ""
    (tmp_path / "_toc.yml").write_text(f"format: jb-book\nroot: book/intro\n{parts}")
    return tmp_path


def a_notebook(cells):
    return new_notebook(
        cells=cells, metadata={"kernelspec": store_outputs.KERNEL, "language_info": {"name": "python"}}
    )


def run(folder, *command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, env=environment
    )


def page(name, *sources):
    cells = [new_markdown_cell(f"# {name}", id="title")]
    return name, cells + [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]


# ---------------------------------------------------------------- executions


def test_the_key_depends_on_code_tags_and_dependencies_and_not_on_prose():
    def key(code="x = 1", tags=(), prose="Words.", dependencies="a"):
        cells = [new_markdown_cell(prose), new_code_cell(code, metadata={"tags": list(tags)})]
        return execute.execution_key(new_notebook(cells=cells), dependencies)

    assert key() == key(prose="Other words.")
    different = [key(), key(code="x = 2"), key(tags=["remove-cell"]), key(dependencies="b")]
    assert len(set(different)) == 4


def test_dependencies_are_the_package_the_data_and_the_pins(tmp_path):
    (tmp_path / "course_utils/assets").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\n")
    (tmp_path / "course_utils/data.py").write_text("x = 1\n")
    (tmp_path / "course_utils/assets/data.gz").write_bytes(b"1")
    seen = [execute.dependencies_hash(tmp_path)]
    for name in (
        "requirements.txt",
        "course_utils/data.py",
        "course_utils/assets/data.gz",
        "course_utils/new.js",
    ):
        (tmp_path / name).write_text("something else\n")
        seen.append(execute.dependencies_hash(tmp_path))
    assert len(set(seen)) == 5
    cached = tmp_path / "course_utils/__pycache__/data.pyc"
    cached.parent.mkdir()
    cached.write_bytes(b"compiled")
    assert execute.dependencies_hash(tmp_path) == seen[-1]


def test_official_weights_that_arrive_in_torch_s_cache_are_a_dependency(tmp_path, monkeypatch):
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\n")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    before = execute.dependencies_hash(tmp_path)
    official = official_file()
    official.parent.mkdir(parents=True)
    official.write_bytes(b"weights")
    assert execute.dependencies_hash(tmp_path) != before


def test_only_what_changed_is_executed_and_a_failure_keeps_the_last_good_site(tmp_path):
    good, other = page("first", "print(1 + 1)"), page("second", "print('two')")
    folder = a_copy(tmp_path, notebooks=[good, other])
    built = run(folder, "tools/build.py", "--jobs", "2")
    assert built.returncode == 0, built.stderr
    assert "still says OWNER" in built.stdout
    assert str(folder / "_build/html/index.html") in built.stdout.splitlines()[-1]
    html = folder / "_build/html/book/lectures/first.html"
    assert ">2\n" in html.read_text()

    again = run(folder, "tools/build.py")
    assert again.returncode == 0 and "nothing has changed" in again.stdout and " MB" not in again.stderr

    name, cells = page("second", "print('zwei')")
    book.write(a_notebook(cells), folder / f"book/lectures/{name}.ipynb")
    edited = run(folder, "tools/build.py")
    executed = re.findall(r"book/lectures/(\w+)\.ipynb", edited.stdout + edited.stderr)
    assert edited.returncode == 0 and executed == ["second"]
    assert "zwei" in (folder / "_build/html/book/lectures/second.html").read_text()

    (folder / "course_utils/__init__.py").write_text("changed = True\n")
    name, cells = page("first", "x = 3", "print(x / 0)")
    book.write(a_notebook(cells), folder / f"book/lectures/{name}.ipynb")
    failed = run(folder, "tools/build.py")
    assert failed.returncode == 1
    for words in (
        "book/lectures/first.ipynb failed",
        "code cell 2 of 2",
        "print(x / 0)",
        "ZeroDivisionError",
    ):
        assert words in failed.stderr
    assert "Traceback" not in failed.stderr
    assert ">2\n" in html.read_text()  # the last good site


def test_a_page_with_a_warning_is_not_published(tmp_path):
    folder = a_copy(tmp_path)
    assert run(folder, "tools/build.py").returncode == 0
    (folder / "book/intro.md").write_text("# Start\n\n[nowhere](missing.md)\n")
    for _ in range(2):  # the second build must not forget the warning
        result = run(folder, "tools/build.py")
        assert result.returncode == 1 and "missing.md" in result.stderr
    assert "missing.md" not in (folder / "_build/html/book/intro.html").read_text()


# ---------------------------------------------------------------- stored outputs


def test_stored_outputs_are_text_with_stable_ids():
    figure = {"image/png": "iVBOR", "text/plain": "<Figure size 1x1 with 1 Axes>"}
    cell = new_code_cell("plot()", id="0a1b2c3d", outputs=[new_output("display_data", data=figure)])
    cell.outputs.append(new_output("stream", name="stderr", text="a warning"))
    named = new_code_cell("print(1)", id="first-digits")
    notebook = store_outputs.text_only(store_outputs.with_stable_ids(new_notebook(cells=[cell, named])))
    assert [c["id"] for c in notebook.cells] == ["c-plot", "first-digits"]
    assert [o.data for o in notebook.cells[0].outputs] == [{"text/plain": "<Figure size 1x1 with 1 Axes>"}]
    nbformat.validate(notebook)


def test_solution_marks_are_not_shown_on_the_site(tmp_path):
    source = "x = 1\n### BEGIN SOLUTION\ny = 2\n### END SOLUTION\nz = 3"
    folder = a_copy(tmp_path, notebooks=[page("lab", source)])
    staged = json.loads(stage.staged_notebook(Path("book/lectures/lab.ipynb"), {"outputs": [[]]}, folder))
    assert "".join(staged["cells"][1]["source"]) == "x = 1\ny = 2\nz = 3"


# ---------------------------------------------------------------- links


def test_all_links_are_up_to_date():
    assert links.out_of_date() == []


def test_a_fork_changes_one_line(tmp_path):
    """After another address in _config.yml and `make links`, no file names the old repository."""
    folder = a_copy(tmp_path, notebooks=[page("first", "print(1)")])
    old, _ = links.address(folder)
    links.out_of_date(folder, mend=True)
    config = folder / "_config.yml"
    assert config.read_text().count(old) == 1
    config.write_text(
        config.read_text().replace(old, "someone/their-course").replace("branch: main", "branch: v2")
    )
    assert set(links.out_of_date(folder)) == {Path("book/lectures/first.ipynb"), Path("README.md")}
    links.out_of_date(folder, mend=True)
    assert links.out_of_date(folder) == []
    for path in (folder / "README.md", folder / "book/lectures/first.ipynb"):
        text = path.read_text()
        assert old not in text and "/what-the-network-sees" not in text
        assert "someone/their-course" in text and "/v2" in text


def test_the_repository_is_named_in_one_place_only():
    slug, _ = links.address()
    derived = {"README.md", "_config.yml", "CITATION.cff"} | {p.as_posix() for p in book.notebooks()}
    derived |= {p.as_posix().replace("solutions", "labs") for p in book.notebooks()}
    listed = subprocess.run(["git", "grep", "-l", slug], cwd=ROOT, capture_output=True, text=True)
    assert set(listed.stdout.split()) <= derived


def test_links_point_at_files_that_exist():
    for path in book.notebooks():
        launch = next(c.source for c in book.read(ROOT / path).cells if c["id"] == "launch")
        targets = re.findall(r'href="[^"]*?(book/[\w/]+\.ipynb)"', launch)
        assert len(targets) == 3 and all((ROOT / target).is_file() for target in targets)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://github.com/ada/course.git", "https://github.com/ada/course"),
        ("git@github.com:ada/course.git", "https://github.com/ada/course"),
        ("https://example.org/ada/course.git", None),
    ],
)
def test_the_origin_is_adopted_where_it_is_on_github(tmp_path, origin, expected):
    folder = a_copy(tmp_path)
    config = folder / "_config.yml"
    config.write_text(
        re.sub(
            r"(?m)^  url: .*$",
            "  url: https://github.com/OWNER/" + "what-the-network-sees",
            config.read_text(),
        )
    )
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "-C", folder, "remote", "add", "origin", origin], check=True)
    before = config.read_text()
    links.adopt_origin(folder)
    if expected is None:
        assert config.read_text() == before
    else:
        assert book.config(folder)["repository"]["url"] == expected


def test_an_address_elsewhere_is_an_error_in_a_sentence(tmp_path):
    folder = a_copy(tmp_path)
    config = folder / "_config.yml"
    config.write_text(re.sub(r"(?m)^  url: .*$", "  url: https://example.org/x", config.read_text()))
    result = run(folder, "tools/links.py")
    assert result.returncode == 1 and "must look like https://github.com/" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_setup_cell_does_nothing_where_the_package_is_installed():
    source = links.SETUP.format(url="https://github.com/a/b", branch="main")
    python = re.sub(r"(?m)^(\s+)%pip .*$", r"\1raise AssertionError('would install')", source)
    exec(compile(python, "setup", "exec"), {})


# ---------------------------------------------------------------- page budget


@pytest.mark.parametrize("path", book.notebooks(), ids=str)
def test_pages_keep_to_the_budget(path):
    assert lint_pages.problems(path) == []


def good_page():
    """Return a small page that keeps to the budget."""
    figure = new_output("display_data", data={"text/plain": "<Figure size 1x1 with 1 Axes>"})
    settings = {
        "image": {"alt": "Two curves; the blue one falls to 0.1."},
        "figure": {"caption": "Two curves."},
    }
    return new_notebook(
        cells=[
            new_markdown_cell("# Title", id="title"),
            new_markdown_cell("\n".join(lint_pages.LEADS), id="leads"),
            new_code_cell(
                "plot()", id="plot", execution_count=1, outputs=[figure], metadata={"mystnb": settings}
            ),
            new_markdown_cell("## Check yourself\n## What to remember", id="end"),
        ]
    )


def found(notebook):
    return (
        lint_pages.budget_problems(notebook, "lectures")
        + lint_pages.rhythm_problems(notebook, "lectures")
        + lint_pages.output_problems(notebook)
    )


def test_a_good_page_passes():
    assert found(good_page()) == []


def code(i):
    return new_code_cell("x", id=f"x{i}", execution_count=1)


BROKEN = {
    "too many cells": (lambda n: n.cells.extend([code(i) for i in range(25)]), "at most 25"),
    "a long cell": (lambda n: n.cells[2].update(source="x\n" * 26), "has 26 lines"),
    "no title": (lambda n: n.cells[0].update(source="Title"), "does not begin with the title"),
    "no lead": (lambda n: n.cells[1].update(source="Words."), "lacks **What you will learn.**"),
    "no questions": (lambda n: n.cells[3].update(source="## What to remember"), "Check yourself"),
    "no close": (lambda n: n.cells.pop(), "What to remember"),
    "code after code": (lambda n: n.cells.insert(2, new_code_cell("x", id="x", execution_count=1)), "no prose between"),
    "no alt": (lambda n: n.cells[2].metadata.mystnb.image.update(alt=""), "without alt text"),
    "empty words": (lambda n: (n.cells[2].update(source="plot_x()"), n.cells[2].metadata.mystnb.image.update(
        alt="A curve of the loss in blue")), "no number and no relation"),
    "vague alt": (lambda n: n.cells[2].metadata.mystnb.image.update(alt="A plot of the loss"), "say what it shows"),
    "no caption": (lambda n: n.cells[2].metadata.mystnb.pop("figure"), "without a caption"),
    "not executed": (lambda n: n.cells[2].update(execution_count=None), "was not executed"),
    "a stored picture": (lambda n: n.cells[2].outputs[0].data.update({"image/png": "x"}), "stores a picture"),
    "too much prose": (lambda n: n.cells[1].update(source=n.cells[1].source + " word" * 60), "words for a line"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_page_is_named(case):
    breaks, message = BROKEN[case]
    notebook = good_page()
    breaks(notebook)
    assert any(message in problem for problem in found(notebook))


def test_an_explorable_and_its_section_do_not_count():
    notebook = good_page()
    shown = new_code_cell("ConvExplorer()", id="widget", execution_count=1, metadata={"tags": ["widget"]})
    notebook.cells[3:3] = [new_markdown_cell("## Try it\n" + "word " * 200, id="try"), shown]
    assert found(notebook) == []


def test_comments_blank_lines_and_markup_do_not_count():
    assert lint_pages.code_lines("# why\n\nx = 1\n  # more\n") == ["x = 1"]
    assert lint_pages.words("See [the page](a/b.ipynb) <b>now</b>, don't wait.") == 6


def test_a_file_that_is_no_notebook_is_a_sentence(tmp_path, capsys):
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{ not json")
    with pytest.raises(SystemExit):
        book.read(bad)
    assert "bad.ipynb cannot be read as a notebook" in capsys.readouterr().err
