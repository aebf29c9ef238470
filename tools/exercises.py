"""The exercises of a lab, and the nbgrader metadata that follows from them.

An exercise is a section "Exercise N – title" of a lab. It says how many minutes it takes; its
cells tagged "exercise" hold the answer, its cells tagged "check" say whether it is right. Every
five minutes are worth a point.
"""

import re
from dataclasses import dataclass, field

HEADING = re.compile(r"^## Exercise (\d+) +[–-] +(.+?)(?: +\(\d+ minutes\))?$", re.MULTILINE)
MINUTES = re.compile(r"(\d+)\s+minutes")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MINUTES_PER_POINT = 5


@dataclass
class Exercise:
    """One exercise of a lab: its number, title and minutes, and the ids of its cells."""

    number: int
    title: str
    minutes: int | None = None
    answers: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    @property
    def points(self):
        """Return what the exercise is worth."""
        return max(1, round((self.minutes or 0) / MINUTES_PER_POINT))


def tagged(cell, tag):
    """Return whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def exercises(notebook):
    """Return the exercises of a lab in order."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            for heading in HEADING.finditer(text):
                found.append(Exercise(int(heading[1]), heading[2]))
                text = cell.source[heading.start() :]
            minutes = MINUTES.search(text)
            if found and minutes and found[-1].minutes is None:
                found[-1].minutes = int(minutes[1])
        elif found and tagged(cell, "exercise"):
            found[-1].answers.append(cell["id"])
        elif found and tagged(cell, "check"):
            found[-1].checks.append(cell["id"])
    return found


def exercise_of(notebook):
    """Return {id of an exercise or check cell: its exercise}."""
    return {cell_id: e for e in exercises(notebook) for cell_id in (*e.answers, *e.checks)}


def annotated(notebook):
    """Return the lab with nbgrader's metadata (schema 3) on the cells of its exercises, and on no others."""
    owner = exercise_of(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        exercise = owner.get(cell["id"])
        if exercise and cell["id"] in exercise.answers:
            cell.metadata["nbgrader"] = entry(cell, solution=True)
        elif exercise:
            points = exercise.points / len(exercise.checks)
            points = int(points) if points == int(points) else points
            cell.metadata["nbgrader"] = entry(cell, grade=True, locked=True, points=points)
    return notebook


def entry(cell, *, grade=False, solution=False, locked=False, **points):
    """Return nbgrader's metadata of one cell; its grade_id is the cell's id."""
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {"schema_version": 3, "grade_id": cell["id"], "cell_type": cell.cell_type, **flags, **points}


def problems(notebook):
    """Return what is wrong with a lab's exercises, as sentences."""
    found, owner = [], exercise_of(notebook)
    listed = exercises(notebook)
    if [e.number for e in listed] != list(range(1, len(listed) + 1)):
        found.append(f"the exercises are numbered {[e.number for e in listed]}")
    for e in listed:
        missing = [("time in minutes", e.minutes), ('cell tagged "exercise"', e.answers)]
        missing += [('cell tagged "check"', e.checks)]
        found += [f"exercise {e.number} has no {name}" for name, value in missing if not value]
    for cell in notebook.cells:
        belongs = owner.get(cell["id"])
        answers = belongs is not None and cell["id"] in belongs.answers
        if (tagged(cell, "exercise") or tagged(cell, "check")) and belongs is None:
            found.append(f"{cell['id']} comes before the first exercise")
        if answers != (BEGIN in cell.source):
            what = "has no solution between marks" if answers else "has a solution, but no tag exercise"
            found.append(f"{cell['id']} {what}")
    return found
