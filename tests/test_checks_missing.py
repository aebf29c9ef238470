"""A check cell that is run before its exercise says what to do; other errors stay as they are."""

import subprocess
import sys

import nbclient
import nbformat
import pytest

CHECK = "from course_utils.checks.inside_a_cnn import check_cosine\n\ncheck_cosine({})"
CELLS = {
    "before": CHECK.format("cosine"),
    "elsewhere": "cosin",
    "stub": "def cosine(a, b):\n    raise NotImplementedError",
    "open": CHECK.format("cosine"),
    "misspelt": CHECK.format("cosin"),
    "inside": "def cosine(a, b):\n    return aa * b",
    "in the answer": CHECK.format("cosine"),
    "right": "def cosine(a, b):\n    return float((a * b).sum() / a.norm() / b.norm())",
    "passed": CHECK.format("cosine"),
}


@pytest.fixture(scope="module")
def said():
    """Run the cells in a kernel; return {name: (name of the error, text)}."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True, kernel_name="python3").execute()
    found = {}
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        errors = [o.ename for o in cell.outputs if o.output_type == "error"]
        found[name] = (*errors, "".join(o.get("text", "") for o in cell.outputs))
    return found


@pytest.mark.parametrize(("name", "missing"), [("before", "cosine"), ("misspelt", "cosin")])
def test_a_missing_name_gets_a_sentence_after_its_error(said, name, missing):
    error, text = said[name]
    assert error == "NameError"
    assert text.startswith(f"Exercise 3 cannot be checked yet: there is no `{missing}`. Run the cells above")


@pytest.mark.parametrize(
    ("name", "error"),
    [("elsewhere", "NameError"), ("open", "CheckFailed"), ("in the answer", "CheckFailed")],
)
def test_other_errors_stay_as_they_are(said, name, error):
    assert said[name] == (error, "")


def test_a_right_answer_has_nothing_added(said):
    assert said["passed"][0].startswith("Exercise 3 is right: ")


def test_without_ipython_nothing_happens():
    code = "import sys, course_utils.checks.inside_a_cnn; sys.exit('IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
