"""Bring a submission back into the shape of its lab: the student's answers between the lab's own cells."""

import re
from dataclasses import dataclass, field

from exercises import exercise_of
from leaks import MARK, without_mark
from students import answerless

DEFINED = re.compile(r"(?m)^(?:def|class) +(\w+)")


@dataclass
class Lab:
    """A lab as the grader needs it: its code cells in order, its exercises and its points."""

    name: str
    title: str
    cells: list  # nbformat cells: given code, stubs of exercises, checks with hidden tests
    exercises: list
    answers: dict  # {id of an exercise's cell: its stub}
    checks: dict  # {id of a check: its nbgrader cell}
    visible: dict  # {id: source as the student's copy has it, without the mark}


@dataclass
class Prepared:
    """What is to be run for one submission, and what was odd about it."""

    cells: list = field(default_factory=list)  # [{"id", "source"}]
    answers: dict = field(default_factory=dict)  # {id of an exercise's cell: the student's code}
    odd: list = field(default_factory=list)


def lab_of(source, name):
    """Return the lab of a notebook with answers; the answers themselves are not in it."""
    owner = exercise_of(source)
    stubs, copied = answerless(source, hidden_tests=True), answerless(source, hidden_tests=False)
    cells = [c for c in stubs.cells if c.cell_type == "code" and c["id"] != "setup"]
    answers = {c["id"]: c.source for c in cells if c["id"] in owner and c["id"] in owner[c["id"]].answers}
    checks = {c["id"]: c for c in cells if c["id"] in owner and c["id"] not in answers}
    visible = {c["id"]: c.source for c in copied.cells if c.cell_type == "code"}
    listed = {id(e): e for e in owner.values()}
    title = source.cells[0].source.splitlines()[0].lstrip("# ")
    return Lab(name, title, cells, list(listed.values()), answers, checks, visible)


def prepare(lab, submission):
    """Return what to run for a submitted notebook: its answers and own cells, and the lab's cells as they were."""
    prepared = Prepared()
    places = places_of(lab, submission, prepared.odd)
    if not set(places) & set(lab.answers):
        prepared.odd = ["no cell of this lab's exercises was found in it"]
        return prepared
    add_extras(prepared, places.get(None, []), "start")
    for cell in lab.cells:
        found = places.get(cell["id"], [])
        own = [c for c in found if c.get("own")]
        matched = [c for c in found if not c.get("own")]
        if cell["id"] in lab.answers:
            add_answer(prepared, lab, cell["id"], matched)
        else:
            put_back(prepared, lab, cell, matched)
        add_extras(prepared, own, cell["id"])
    return prepared


def places_of(lab, submission, odd):
    """Return {cell id of the lab: submitted cells that are it, or that follow it}; None is the beginning.

    A cell is known by its nbgrader id, by the mark in its first line, by its own id, by its text,
    or, where all that is lost, by the function or class that it defines.
    """
    known = {c["id"] for c in lab.cells}
    by_text = {text.strip(): name for name, text in lab.visible.items() if name not in lab.answers}
    places, current, lost = {}, None, 0
    for cell in (c for c in submission.cells if c.cell_type == "code"):
        text = without_mark(cell.source)
        mark = MARK.match(cell.source.lstrip())
        names = [cell.metadata.get("nbgrader", {}).get("grade_id"), mark and mark[1], cell.get("id")]
        name = next((n for n in names if n in known), None) or by_text.get(text.strip())
        if name is None and cell.get("id") != "setup":
            name = by_definition(lab, text, places)
            if name:
                odd.append(f"{_exercise(lab, name)}: recognised by what it defines")
        lost += name in lab.answers and names[0] is None
        current = name or current
        if text.strip() and cell.get("id") != "setup" and not text.startswith("# On Colab this installs"):
            places.setdefault(current, []).append({"source": text, "own": name is None})
    if lost:
        odd.append("nbgrader's metadata was lost; cells were recognised by their first lines")
    return places


def by_definition(lab, text, places):
    """Return the exercise, not found yet, whose stub defines what a cell defines; None if there is none."""
    defined = set(DEFINED.findall(text))
    fits = [n for n, stub in lab.answers.items() if n not in places and defined & set(DEFINED.findall(stub))]
    return fits[0] if len(fits) == 1 else None


def add_answer(prepared, lab, name, found):
    """Add a student's answer; an answer given twice is run twice, in order, as the student's kernel did."""
    sources = [c["source"] for c in found] or [lab.answers[name]]
    if not found:
        prepared.odd.append(f"{_exercise(lab, name)}: its cell is missing or empty")
    if len(sources) > 1:
        prepared.odd.append(f"{_exercise(lab, name)}: {len(sources)} cells for one answer, run in order")
    prepared.answers[name] = sources[-1]
    add_extras(prepared, [{"source": earlier} for earlier in sources[:-1]], f"before-{name}")
    prepared.cells.append({"id": name, "source": sources[-1]})


def put_back(prepared, lab, cell, found):
    """Add a given cell or a check as the lab has it, and say so if the student's was another."""
    what = "the check" if cell["id"] in lab.checks else f"the given cell {cell['id']}"
    where = f"{_exercise(lab, cell['id'])}: " if cell["id"] in lab.checks else ""
    if not found:
        prepared.odd.append(f"{where}{what} was missing and has been put back")
    elif any(
        c["source"].strip() not in (lab.visible[cell["id"]].strip(), cell.source.strip()) for c in found
    ):
        prepared.odd.append(f"{where}{what} had been changed and has been put back")
    prepared.cells.append({"id": cell["id"], "source": cell.source})


def add_extras(prepared, cells, after):
    """Add cells of the student's own."""
    for number, cell in enumerate(cells, start=1):
        prepared.cells.append({"id": f"own-{number}-{after}"[:64], "source": cell["source"]})


def _exercise(lab, name):
    number = next((e.number for e in lab.exercises if name in (*e.answers, *e.checks)), "?")
    return f"exercise {number}"
