"""Grading: submissions of every kind, each on its own, nothing lost and nothing graded twice."""

import contextlib
import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest

import book
import grade
import made_up
import students
from grading import report, sandbox
from grading.cluster import client_for
from grading.journal import Journal
from grading.prepare import prepare
from grading.score import points_of, scored
from grading.submissions import Unreadable, parsed, submissions

SOURCE = students.annotated(made_up.a_lab())
LAB = grade.lab_of(SOURCE, "sums")
COPY = students.copy_of(SOURCE, Path("book/labs/sums.ipynb"), {}, slug="a/b", branch="main")
RIGHT = made_up.handed_in(COPY, **made_up.RIGHT)


def cell(notebook, name):
    return next(c for c in notebook.cells if c["id"] == name)


def without(notebook, *names):
    notebook = made_up.handed_in(notebook)
    notebook.cells = [c for c in notebook.cells if c["id"] not in names]
    return notebook


def edited(notebook, name, source):
    notebook = made_up.handed_in(notebook)
    cell(notebook, name).source = source
    return notebook


def stripped(notebook):
    """Return a notebook as a tool leaves it that drops all metadata and gives cells new ids."""
    notebook = made_up.handed_in(notebook)
    for number, each in enumerate(notebook.cells):
        each.metadata, each["id"] = nbformat.from_dict({}), f"new-{number}"
    return notebook


def run_alone(sources, **limits):
    limits = {"seconds": 60, "cell_seconds": 10, "memory_mb": 700, **limits}
    return sandbox.run([{"id": f"c{i}", "source": s} for i, s in enumerate(sources)], **limits)


def text_of(outputs):
    return "".join(o.get("text") or f"{o.get('ename')}: {o.get('evalue')}" for o in outputs)


# ---------------------------------------------------------------- a folder of all kinds, graded once

FORKS = """\
import os, time
for _ in range(30):
    if os.fork() == 0:
        os.setsid(); time.sleep(600)
        os._exit(0)
"""
KINDS = {
    "Ada Lovelace": RIGHT,
    "Zoë Ångström": made_up.handed_in(COPY, double="def double(x):\n    return 3 * x", total="total = 12"),
    "Ben": COPY,
    "Eve": made_up.handed_in(COPY, double="while True: pass", total="total = 12"),
    "Fay": made_up.handed_in(COPY, double=FORKS + made_up.RIGHT["double"], total="x = bytes(10**13)"),
    "Gus": made_up.handed_in(COPY, double=made_up.RIGHT["double"], total="import os\nos._exit(1)"),
    "Hal": made_up.handed_in(COPY, double="def double(x:\n    return", total="total = 12"),
    "Ivy": without(RIGHT, "check-total", "given"),  # renamed, in a folder of its own
    "Joy": "{ this is not JSON",
    "Kim": "",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the folder on two local workers; return (results by student, folder of the results)."""
    folder = made_up.folder_of(tmp_path_factory.mktemp("in"), **KINDS)
    (folder / "empty").mkdir()
    renamed = folder / "Lea Ø"
    renamed.mkdir()
    (folder / "Ivy.ipynb").rename(renamed / "my homework (final).ipynb")
    options = SimpleNamespace(
        seconds=30, memory=700, out=str(tmp_path_factory.mktemp("out")), scheduler=None, workers=2
    )
    results = grade.grade(LAB, SOURCE, folder, options)
    report.write_table(Path(options.out) / "grades.csv", LAB, results)
    report.write_summary(Path(options.out) / "summary.html", LAB, results, grade.ISOLATED["open"])
    return {one["student"]: one for one in results}, Path(options.out)


EXPECTED = {  # points of both exercises, and a word of what is odd
    "Ada Lovelace": (2, 4, ""),
    "Zoë Ångström": (0, 4, ""),
    "Ben": (0, 0, ""),
    "Eve": (0, 4, "double: stopped after 10 seconds"),
    "Fay": (2, 0, ""),
    "Gus": (2, 0, "left out"),
    "Hal": (0, 4, ""),
    "Lea Ø": (2, 4, "put back"),
    "Joy": (0, 0, "not JSON"),
    "Kim": (0, 0, "empty"),
    "empty": (0, 0, "no notebook"),
}


@pytest.mark.parametrize("student", EXPECTED)
def test_each_submission_gets_its_points_and_its_line(graded, student):
    results, _ = graded
    *points, odd = EXPECTED[student]
    assert [row["points"] for row in results[student]["rows"]] == points
    assert odd in "; ".join(results[student]["odd"]) and bool(odd) == bool(results[student]["odd"])


def test_all_are_in_the_table_and_have_a_page(graded):
    results, out = graded
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"] for row in rows} == set(EXPECTED) == set(results)
    for row in rows:
        first, second, _ = EXPECTED[row["student"]]
        assert (row["1 double it"], row["2 add up"]) == (str(first), str(second))
        assert row["points"] == str(first + second) and row["of"] == "6"
        page = (out / "feedback" / f"{row['student']}.html").read_text(encoding="utf-8")
        assert row["points"] + " of 6 points" in page
    assert list((out / "feedback").glob("*reference*")) == []


def test_feedback_says_what_went_wrong_and_never_shows_the_answer(graded):
    results, out = graded
    said = {student: [row["said"] for row in one["rows"]] for student, one in results.items()}
    assert "Look at: the factor" in said["Zoë Ångström"][0]
    assert "left as it was" in said["Ben"][0]
    assert "stopped after" in said["Eve"][0] and "is right" in said["Eve"][1]
    assert "MemoryError" in said["Fay"][1]
    assert "ended the kernel" in said["Gus"][1]
    assert "SyntaxError" in said["Hal"][0]
    for page in (out / "feedback").iterdir():
        text = page.read_text(encoding="utf-8")
        assert "return 2 * x" not in text and "HIDDEN" not in text and "<script" not in text


def test_the_summary_counts_mistakes_and_shows_the_distribution(graded):
    _, out = graded
    text = (out / "summary.html").read_text(encoding="utf-8")
    assert "<svg" in text and "Look at: the factor" in text and "11 submissions" in text
    assert "double it: 4 right (36 %)" in re.sub(r"\s+", " ", text)
    assert "http://www.w3.org" not in text.split("<svg")[0] and 'src="http' not in text


def test_no_process_of_a_submission_is_left(graded):
    left = []
    for process in psutil.process_iter(["environ"]):
        if "COURSE_RUN" in (process.info["environ"] or {}):
            left.append(process.pid)
    assert left == []


def test_each_result_is_kept_once(graded):
    _, out = graded
    before = (out / "journal.jsonl").read_bytes()
    keys = [json.loads(line)["key"] for line in before.splitlines()]
    assert len(keys) == len(set(keys)) == len(EXPECTED) + 1  # and the reference solution


def test_an_address_without_a_cluster_is_a_sentence(capsys):
    with pytest.raises(SystemExit), client_for("tcp://127.0.0.1:9", 1, patience=1):
        pass
    assert "no Dask scheduler at tcp://127.0.0.1:9" in capsys.readouterr().err


# ---------------------------------------------------------------- the sandbox


def test_a_run_sees_neither_solutions_nor_submissions_nor_the_network(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "sesame")
    secret = tmp_path / "other.ipynb"
    secret.write_text("another student's answer")
    tries = [f"print(open({str(p)!r}).read(20))" for p in (secret, book.ROOT / "README.md")]
    tries += [f"import os; print(os.listdir({str(book.ROOT / 'book')!r}))"]
    tries += ["import socket; socket.create_connection(('192.0.2.1', 80), 2)"]
    tries += ["import course_utils; open(course_utils.__file__, 'a')"]
    tries += ["import os; print(sorted(os.environ), 'sesame' in str(os.environ))"]
    tries += ["from course_utils.data import pattern_signals; print(pattern_signals(2, 20)[0].shape)"]
    ran = run_alone(tries)
    said = [text_of(ran["outputs"][f"c{i}"]) for i in range(len(tries))]
    assert ran["why"] is None and "False" in said[5] and "torch.Size([2, 1, 20])" in said[6]
    assert "Error" in said[3]
    if ran["isolation"] == "enclosed":
        assert ["FileNotFoundError" in text for text in said[:3]] == [True] * 3
        assert "Read-only file system" in said[4]


@pytest.mark.parametrize("degree", ["open"])
def test_without_namespaces_a_run_still_ends_with_all_it_started(degree):
    ran = run_alone([FORKS + "print(os.getpid())", "print('on')"], degree=degree)
    assert text_of(ran["outputs"]["c1"]) == "on\n"
    time.sleep(0.2)
    alive = [p for p in psutil.process_iter(["environ"]) if "COURSE_RUN" in (p.info["environ"] or {})]
    assert alive == []


ENDLESS = """\
import sys
sys.path.insert(0, {tools!r})
from grading import sandbox
cells = [{{"id": "c", "source": "while True: pass"}}]
sandbox.run(cells, seconds=60, cell_seconds=60, memory_mb=700, degree={degree!r})
"""


@pytest.mark.parametrize("degree", sorted({sandbox.isolation(), "open"}))
def test_a_run_ends_with_the_worker_that_started_it(degree, tmp_path):
    tools = str(book.ROOT / "tools")
    code = ENDLESS.format(tools=tools, degree=degree)
    worker = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)})
    try:
        family = wait_for(lambda: [p for p in descendants(worker.pid) if "ipykernel" in str(p.cmdline())])
        family += descendants(worker.pid)
    finally:
        worker.kill()
        worker.wait()
    assert wait_for(lambda: not any(alive(p) for p in family)), [p.cmdline() for p in family if alive(p)]


def descendants(pid):
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def alive(process):
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def wait_for(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def test_a_cell_that_takes_too_much_memory_is_left_out_and_the_rest_is_judged():
    greedy = "x = []\nwhile True:\n    x.append(bytearray(b'x' * 20_000_000))"
    ran = run_alone([greedy, "print('on')"], memory_mb=300)
    said = text_of(ran["outputs"].get("c0", []))
    assert "more than 300 MB" in ran["left_out"].get("c0", "") or "MemoryError" in said
    assert text_of(ran["outputs"]["c1"]) == "on\n"


def test_the_whole_notebook_has_a_time_limit():
    start = time.monotonic()
    ran = run_alone(["print(1)", "import time; time.sleep(60)"], seconds=6, cell_seconds=60)
    assert time.monotonic() - start < 30
    assert "time for the whole notebook" in ran["why"]


# ---------------------------------------------------------------- bringing a submission into shape


def sources(prepared):
    return {c["id"]: c["source"] for c in prepared.cells}


def test_given_cells_and_checks_are_restored_and_answers_kept():
    changed = edited(edited(RIGHT, "given", "numbers = [0]"), "check-double", "print('Exercise 1 is right.')")
    prepared = prepare(LAB, changed)
    assert sources(prepared)["given"] == "numbers = [1, 2, 3]"
    assert "HIDDEN TESTS" in sources(prepared)["check-double"]
    assert sources(prepared)["double"] == made_up.RIGHT["double"]
    assert len(prepared.odd) == 2 and all("changed and has been put back" in line for line in prepared.odd)


def test_an_untouched_copy_has_nothing_odd_and_no_answer():
    prepared = prepare(LAB, COPY)
    assert prepared.odd == [] and [c["id"] for c in prepared.cells] == [c["id"] for c in LAB.cells]
    assert "2 * x" not in str(prepared.cells)


def test_cells_without_metadata_are_known_by_their_first_line():
    prepared = prepare(LAB, stripped(RIGHT))
    assert sources(prepared)["double"] == made_up.RIGHT["double"]
    assert [c["id"] for c in prepared.cells] == [c["id"] for c in LAB.cells]
    assert any("metadata was lost" in line for line in prepared.odd)


def test_a_cell_without_its_first_line_is_known_by_what_it_defines():
    bare = edited(stripped(RIGHT), "new-6", made_up.RIGHT["double"])
    assert cell(bare, "new-6").source.startswith("def double")
    prepared = prepare(LAB, bare)
    assert sources(prepared)["double"] == made_up.RIGHT["double"]
    assert any("by what it defines" in line for line in prepared.odd)


def test_a_doubled_answer_runs_twice_in_order_and_own_cells_stay_where_they_are():
    notebook = made_up.handed_in(RIGHT)
    place = notebook.cells.index(cell(notebook, "double"))
    again = nbformat.from_dict({**cell(notebook, "double"), "source": "# [double]\ndouble = None"})
    own = nbformat.v4.new_code_cell("helper = 1")
    notebook.cells[place + 1 : place + 1] = [own, again]
    prepared = prepare(LAB, notebook)
    order = [c["source"] for c in prepared.cells]
    assert order.index(made_up.RIGHT["double"]) < order.index("double = None")
    assert "helper = 1" in order and any("2 cells for one answer" in line for line in prepared.odd)


def test_deleted_cells_are_put_back_and_named():
    prepared = prepare(LAB, without(RIGHT, "double", "check-total"))
    assert 'NotImplementedError("Exercise 1: double it")' in sources(prepared)["double"]
    assert "check-total" in sources(prepared) and len(prepared.odd) == 2


def test_a_notebook_of_another_lab_is_not_run():
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    prepared = prepare(LAB, other)
    assert prepared.cells == [] and "no cell of this lab" in prepared.odd[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not text"),
        (b"[1, 2]", "no cells"),
        (b'{"cells": 3}', "broken"),
        (b'{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "broken"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(content, says):
    with pytest.raises(Unreadable, match=says):
        parsed(content)


def test_submissions_are_found_in_files_and_folders(tmp_path):
    made_up.folder_of(tmp_path, Ada=RIGHT)
    made_up.folder_of(tmp_path / "ada", sums=RIGHT, scratch=RIGHT)
    made_up.folder_of(tmp_path / "Ben" / "sums" / ".ipynb_checkpoints", sums=RIGHT)
    (tmp_path / "Cleo.zip").write_bytes(b"PK")
    (tmp_path / "Dan.ipynb").symlink_to("/etc/passwd")
    (tmp_path / ".DS_Store").write_bytes(b"")
    found = {one.student: one for one in submissions(tmp_path, "sums")}
    assert list(found) == ["Ada", "ada (2)", "Ben", "Cleo.zip", "Dan"]
    assert found["ada (2)"].path.name == "sums.ipynb" and "2 notebooks" in found["ada (2)"].odd[0]
    assert found["Ben"].odd == ["the folder has no notebook"]
    assert "no notebook" in found["Cleo.zip"].odd[0]
    assert found["Dan"].content == b"" and "link" in found["Dan"].odd[0]


# ---------------------------------------------------------------- points


def test_a_check_that_was_not_reached_gives_no_points_and_a_warning_costs_none():
    check = LAB.checks["check-total"]
    warning = {"output_type": "stream", "name": "stderr", "text": "UserWarning: old"}
    assert points_of(check, None) == 0
    assert points_of(check, [warning]) == 4
    assert points_of(check, [{"output_type": "error", "ename": "E", "evalue": "x", "traceback": []}]) == 0


def test_the_same_mistake_with_other_numbers_is_one_mistake():
    def mistake(found):
        error = {"output_type": "error", "ename": "AssertionError", "evalue": f"expected 12, found {found}"}
        ran = {"outputs": {"check-total": [error]}, "left_out": {}}
        return scored(LAB, prepare(LAB, RIGHT), ran)[1]["mistake"]

    assert mistake(0) == mistake(-17.5) != ""


# ---------------------------------------------------------------- interrupted and started again


def fake_runs(monkeypatch, stop_after=None):
    """Replace the cluster by one that gives all points; it is interrupted after some results."""
    seen = []

    def run_all(tasks, client):
        for key in tasks:
            if stop_after is not None and len(seen) == stop_after:
                raise KeyboardInterrupt
            seen.append(key)
            yield key, {**grade.NOT_RUN, "outputs": {"check-double": [], "check-total": []}}

    monkeypatch.setattr(grade, "run_all", run_all)
    monkeypatch.setattr(grade, "client_for", lambda *_: contextlib.nullcontext())
    return seen


def test_interrupted_and_started_again_it_goes_on_where_it_was(tmp_path, monkeypatch):
    folder = made_up.folder_of(tmp_path / "in", **{f"s{i}": RIGHT for i in range(6)})
    options = SimpleNamespace(seconds=9, memory=99, out=str(tmp_path / "out"), scheduler=None, workers=1)
    first = fake_runs(monkeypatch, stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        grade.grade(LAB, SOURCE, folder, options)
    with (tmp_path / "out/journal.jsonl").open("ab") as file:
        file.write(b'{"key": "half a li')  # as a crash leaves it
    second = fake_runs(monkeypatch)
    results = grade.grade(LAB, SOURCE, folder, options)
    assert len(first) == 3 and len(second) == 4 and not set(first) & set(second)
    assert [one["student"] for one in results] == [f"s{i}" for i in range(6)]
    third = fake_runs(monkeypatch)
    made_up.folder_of(folder, s2=COPY)  # handed in again
    assert len(grade.grade(LAB, SOURCE, folder, options)) == 6 and len(third) == 1


def test_two_runs_at_a_time_do_not_write_to_one_journal(tmp_path, capsys):
    journal = Journal(tmp_path / "journal.jsonl")
    with pytest.raises(SystemExit):
        Journal(tmp_path / "journal.jsonl")
    assert "another `make grade`" in capsys.readouterr().err
    journal.close()


def test_if_the_reference_solution_fails_nothing_is_reported(tmp_path, monkeypatch, capsys):
    fake_runs(monkeypatch)
    monkeypatch.setattr(grade, "run_all", lambda tasks, client: ((key, grade.NOT_RUN) for key in tasks))
    options = SimpleNamespace(seconds=9, memory=99, out=str(tmp_path / "out"), scheduler=None, workers=1)
    with pytest.raises(SystemExit):
        grade.grade(LAB, SOURCE, made_up.folder_of(tmp_path / "in", Ada=RIGHT), options)
    assert "the reference solution itself" in capsys.readouterr().err


# ---------------------------------------------------------------- the table and the command


def test_the_table_is_safe_in_a_spreadsheet(tmp_path):
    result = {"student": "=cmd|x", "odd": ["-1"], "seconds": 1, "rows": []}
    report.write_table(tmp_path / "grades.csv", LAB, [result])
    text = (tmp_path / "grades.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and b"\n'=cmd|x,0,6,0,0,1,'-1\n" in text


def test_pages_escape_what_students_write(tmp_path):
    row = {"number": 1, "title": "<b>", "points": 0, "of": 2, "said": "<script>", "mistake": "<i>"}
    result = {"student": "<u>", "odd": ["<s>"], "seconds": 1, "rows": [row, row], "page": "<u>.html"}
    result |= {"answers": {"double": "print('</script><img src=x>')"}, "isolation": "open"}
    report.write_feedback(tmp_path / "a.html", LAB, result)
    assert "Begin with the first exercise" in (tmp_path / "a.html").read_text()
    report.write_summary(tmp_path / "b.html", LAB, [result], "")
    for page in ("a.html", "b.html"):
        text = (tmp_path / page).read_text()
        assert not any(tag in text for tag in ("<script>", "<u>", "<s>", "<i>", "<img"))


def test_a_given_cell_is_named_by_its_last_line():
    assert report.with_line(LAB, "given: slow") == "the cell that ends with `numbers = [1, 2, 3]`: slow"
    assert report.with_line(LAB, "double: slow") == "double: slow"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing", "tests"], "there is no lab 'nothing'"),
        (["transfer", "no-folder"], "SUBMISSIONS must be a folder"),
        (["transfer", ""], "not ''"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(words, says, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["grade.py", *words])
    monkeypatch.chdir(book.ROOT)
    with pytest.raises(SystemExit):
        grade.main()
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("source", [s for s in book.labs().values()], ids=lambda p: p.stem)
def test_every_lab_can_be_graded_and_a_copy_of_it_is_recognised(source):
    lab, answered = grade.the_lab(source.name)
    copied = book.read(book.ROOT / book.LABS / source.name)
    assert [e.points for e in lab.exercises] == [
        sum(lab.checks[n].metadata.nbgrader.points for n in e.checks) for e in lab.exercises
    ]
    assert prepare(lab, answered).odd == []
    assert set(prepare(lab, stripped(copied)).answers) == set(lab.answers)


@pytest.mark.parametrize("source", [s for s in book.labs().values()], ids=lambda p: p.stem)
def test_a_check_that_a_student_has_written_anew_is_not_the_one_that_counts(source):
    lab, answered = grade.the_lab(source.name)
    for each in answered.cells:
        if each["id"] in lab.checks:
            each.source = "print('Exercise 1 is right: I say so.')"
    prepared = prepare(lab, answered)
    run = {c["id"]: c["source"] for c in prepared.cells}
    assert {name: run[name] for name in lab.checks} == {name: c.source for name, c in lab.checks.items()}
    assert sum("changed and has been put back" in line for line in prepared.odd) == len(lab.checks)
    calls = [
        re.search(r"^from course_utils.checks.\w+ import (check_\w+)$", c.source, re.M)
        for c in lab.checks.values()
    ]
    assert all(calls), "a check that does not draw its inputs anew needs hidden tests"
