"""Find lines of solutions where they must not be, and given code that a student's copy has changed."""

import re

from exercises import BEGIN, END, exercise_of

MARK = re.compile(r"\A# \[([\w-]+)\][^\n]*(?:\n|\Z)")
SHORTEST = 8  # characters; shorter lines, such as "else:", give nothing away


def without_mark(source):
    """Return a cell's source without the line that names it in a student's copy."""
    return MARK.sub("", source)


def solution_lines(notebook):
    """Return the lines that only the solutions of a lab have: not its prose, hints or given code."""
    solved, rest = set(), []
    for cell in notebook.cells:
        inside = False
        for line in cell.source.splitlines():
            if BEGIN in line or END in line:
                inside = BEGIN in line
            elif inside:
                solved.add(line.split("  #")[0].strip())
            else:
                rest.append(line)
    rest = "\n".join(rest)
    return sorted(line for line in solved if len(line) >= SHORTEST and line not in rest)


def leaked(lines, text):
    """Return those of the lines that occur in a text, however it is spaced."""
    squeezed = re.sub(r"\s+", "", text)
    return [line for line in lines if re.sub(r"\s+", "", line) in squeezed]


def changed_given_cells(source, copy):
    """Return the ids of cells of a lab that its student's copy lacks, has changed, or has added."""
    owner = exercise_of(source)
    answers = {name for name in owner if name in owner[name].answers}
    added = {"launch", "setup", "how-to-use-this-notebook"}
    given = {c["id"]: shown(c) for c in source.cells if c["id"] not in answers | added}
    found = {c["id"]: shown(c) for c in copy.cells if c["id"] not in answers | added}
    return sorted(name for name in given.keys() | found.keys() if given.get(name) != found.get(name))


def shown(cell):
    """Return what a reader sees of a cell, and how it is shown."""
    settings = {k: v for k, v in cell.metadata.items() if k not in ("nbgrader", "deletable", "editable")}
    return cell.cell_type, without_mark(without_hidden_tests(cell.source)), settings


def without_hidden_tests(source):
    """Return a cell's source without the tests that only the grader runs."""
    return re.sub(r"(?ms)^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", "", source).rstrip(
        "\n"
    )
