"""The page for instructors: every command on it is run, in a small course, in the page's order."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup

import book
import leaks
import links
import made_up
import store_outputs
from test_tools import a_copy

ROOT = book.ROOT
LAB = "train_a_cnn.ipynb"
PAGE = (ROOT / "book/instructors.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"(?s)```sh\n(.*?)```", PAGE) for line in block.splitlines()]
READY = [*["-o", ".venv/.ready", "-o", ".venv/instructors/.ready"]]  # what is installed stays installed


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a clone of a small course with one lab, its origin, and a folder of submissions."""
    folder = a_copy(tmp_path_factory.mktemp("course"))
    (folder / ".venv").symlink_to(sys.prefix)
    for name in (
        "Makefile",
        "requirements-instructors.txt",
        "CONTRIBUTING.md",
        "pyproject.toml",
        ".gitignore",
    ):
        shutil.copy(ROOT / name, folder / name)
    notebook = made_up.a_lab()
    notebook.metadata = {"kernelspec": store_outputs.KERNEL, "language_info": {"name": "python"}}
    book.write(notebook, folder / book.SOLUTIONS / LAB)
    (folder / "tests").mkdir()
    (folder / "tests/test_nothing.py").write_text("")
    parts = "".join(
        f"  - chapters:\n      - file: {where}/{LAB[:-6]}\n" for where in (book.LABS, book.SOLUTIONS)
    )
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/intro\nparts:\n{parts}")
    origin = tmp_path_factory.mktemp("origin")
    git = ["git", "-C", str(folder), "-c", "init.defaultBranch=main"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Start"]):
        subprocess.run([*git, *words], check=True, env=environment())
    subprocess.run(["git", "init", "-q", "--bare", str(origin)], check=True)
    subprocess.run([*git, "remote", "add", "origin", str(origin)], check=True)
    subprocess.run([*git, "push", "-q", "-u", "origin", "main"], check=True)
    return folder


def environment():
    """Return the environment of a command: no leftovers of pytest or of an outer make, a name for git."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE", "MFLAGS"))}
    who = {
        f"GIT_{role}_{what}": "ada@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {**kept, **who, "JOBS": "1"}


def command_of(line, port):
    """Return a command of the page as words: with what is installed, and on a port that is free."""
    words = shlex.split(line.replace("8786", str(port)))
    extra = [*READY, f"SCHEDULER_PORT={port}", "JOBS=1"] if words[0] == "make" else []
    return [words[0], *extra, *words[1:]]


def run(folder, line, port):
    """Run a command of the page to its end; fail with its last words if it fails."""
    result = subprocess.run(
        command_of(line, port), cwd=folder, capture_output=True, text=True, env=environment(), timeout=300
    )
    assert result.returncode == 0, f"{line}:\n{result.stdout[-800:]}\n{result.stderr[-1500:]}"
    return result.stdout


@contextlib.contextmanager
def running(folder, lines, port):
    """Keep commands of the page running in the background."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    started = [
        subprocess.Popen(command_of(line, port), cwd=folder, env=environment(), **quiet) for line in lines
    ]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def switch_off(folder):
    """Do what the page says in words: leave the solutions out."""
    config = folder / "_config.yml"
    config.write_text(config.read_text().replace("course_solutions: true", "course_solutions: false"))


def texts(folder):
    """Return {file: what can be read in it} for every file of a built site."""
    found = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        text = path.read_bytes().decode("utf-8", "ignore")
        if path.suffix == ".html":
            text += BeautifulSoup(text, "html.parser").get_text()
        elif path.suffix in (".ipynb", ".json"):
            text += text.replace('\\"', '"').replace("\\n", "\n")
        found[str(path.relative_to(folder))] = text
    return found


# The tests run in the page's order, on one course.


TESTED = """\
make links
make students
make site
git commit -a -m "The course is at its new address"
git push
make outputs
make students
git commit -a -m "Change an exercise"
make grade LAB=train_a_cnn SUBMISSIONS=submissions
make scheduler
make worker SCHEDULER=tcp://127.0.0.1:8786
make grade LAB=train_a_cnn SUBMISSIONS=submissions SCHEDULER=tcp://127.0.0.1:8786 OUT=graded/again
make site
git rm -r -q book/solutions tests
git commit -a -m "Labs without answers"
"""


def test_the_page_has_the_commands_that_are_tested_here():
    assert TESTED.splitlines() == COMMANDS


def test_make_it_yours(course):
    config = course / "_config.yml"
    slug, _ = links.address(course)
    config.write_text(config.read_text().replace(slug, "ada/networks"))
    for line in COMMANDS[:5]:
        run(course, line, 0)
    copied = (course / book.LABS / LAB).read_text()
    assert "ada/networks" in copied and slug not in copied
    shown = texts(course / "_build/html")
    lines = leaks.solution_lines(book.read(course / book.SOLUTIONS / LAB))
    holding = [name for name, text in shown.items() if leaks.leaked(lines, text)]
    assert any(name.endswith("solutions/train_a_cnn.html") for name in holding)
    assert "../solutions/train_a_cnn.html" in shown["book/labs/train_a_cnn.html"]
    pushed = subprocess.run(["git", "log", "origin/main"], cwd=course, capture_output=True, text=True).stdout
    assert pushed.count("commit ") == 2


def test_change_an_exercise(course):
    path = course / book.SOLUTIONS / LAB
    notebook = book.read(path)
    notebook.cells[-2].source = notebook.cells[-2].source.replace("add up", "add them up")
    next(c for c in notebook.cells if c["id"] == "total").source += '\nprint("a new line")'
    book.write(notebook, path)
    for line in COMMANDS[5:8]:
        run(course, line, 0)
    copied = nbformat.read(course / book.LABS / LAB, as_version=4)
    assert next(c for c in copied.cells if c["id"] == "total").outputs[0].text == "12\na new line\n"


def test_grade_here_and_on_a_cluster(course):
    copied = nbformat.read(course / book.LABS / LAB, as_version=4)
    made_up.folder_of(course / "submissions", **{"Ada Lovelace": made_up.handed_in(copied, **made_up.RIGHT)})
    said = run(course, COMMANDS[8], 0)
    assert "1 submissions" in said and "Each submission ran" in said
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(course, COMMANDS[9:11], port):
        run(course, COMMANDS[11], port)
    for folder in ("train_a_cnn", "again"):
        assert "Ada Lovelace,6,6,2,4," in (course / "graded" / folder / "grades.csv").read_text("utf-8-sig")
        assert (course / "graded" / folder / "feedback/Ada Lovelace.html").is_file()
        assert (course / "graded" / folder / "summary.html").is_file()


def test_leave_the_solutions_out(course):
    """First from a site that had them: pages, sources, search and links have nothing left of them."""
    lines = leaks.solution_lines(book.read(course / book.SOLUTIONS / LAB))
    assert len(lines) >= 2
    switch_off(course)
    run(course, COMMANDS[12], 0)
    shown = texts(course / "_build/html")
    for name, text in shown.items():
        assert "solutions/" not in name and leaks.leaked(lines, text) == [], name
        assert "solutions/train_a_cnn" not in text, name
    assert "a new line" in shown["book/labs/train_a_cnn.html"]  # the output to aim for
    for line in COMMANDS[13:]:
        run(course, line, 0)
    assert not (course / book.SOLUTIONS).exists()
