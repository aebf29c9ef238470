"""A small lab and made-up submissions to it: right, partly right, wrong, broken."""

import copy
import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ANSWERS = {
    "double": "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "total": "total = 0\n### BEGIN SOLUTION\ntotal = sum(map(double, numbers))\n### END SOLUTION\nprint(total)",
}
CHECKS = {
    "check-double": 'assert double(3) == 6, f"Expected: 6\\nFound: {double(3)}\\nLook at: the factor"\n'
    "### BEGIN HIDDEN TESTS\nassert double(-1.5) == -3, 'Expected: -3'\n### END HIDDEN TESTS\n"
    'print("Exercise 1 is right.")',
    "check-total": 'assert total == 12, f"expected 12, found {total}"\nprint("Exercise 2 is right.")',
}


def a_lab(given="numbers = [1, 2, 3]"):
    """Return a lab of two exercises, worth 2 and 4 points, with its answers."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Sums", id="title"),
            new_code_cell(given, id="given"),
            new_markdown_cell("## Exercise 1 – double it\n\n10 minutes.", id="one"),
            new_code_cell(ANSWERS["double"], id="double", metadata={"tags": ["exercise"]}),
            new_markdown_cell("The check:", id="words"),
            new_code_cell(CHECKS["check-double"], id="check-double", metadata={"tags": ["check"]}),
            new_markdown_cell("## Exercise 2 – add up\n\n20 minutes.", id="two"),
            new_code_cell(ANSWERS["total"], id="total", metadata={"tags": ["exercise"]}),
            new_markdown_cell("The check:", id="more-words"),
            new_code_cell(CHECKS["check-total"], id="check-total", metadata={"tags": ["check"]}),
        ]
    )


def handed_in(copied, **answers):
    """Return a student's copy with answers: {cell id: code below the line that names the cell}."""
    notebook = copy.deepcopy(copied)
    for cell in notebook.cells:
        if cell["id"] in answers:
            cell.source = f"{cell.source.splitlines()[0]}\n{answers[cell['id']]}"
    return notebook


RIGHT = {
    "double": "def double(x):\n    return x + x",
    "total": "total = 0\nfor n in numbers:\n    total += double(n)",
}


def folder_of(folder, **notebooks):
    """Write notebooks (or texts, or bytes) to a folder, each under its student's name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for student, notebook in notebooks.items():
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        (folder / f"{student}.ipynb").write_text(text, encoding="utf-8")
    return folder
