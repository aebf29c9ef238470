"""Say what to do when a check cell uses a name that does not exist yet."""

import re
import sys

CHECK = re.compile(r"^from (course_utils\.checks\.\w+) import (check_\w+)", re.MULTILINE)


def explain_missing_names():
    """Have IPython print a sentence after a NameError in a check cell; outside IPython do nothing.

    It is an ordinary callback for the end of a cell: the error and its traceback stay as they are.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell:
        shell.events.register("post_run_cell", explain)


def explain(result):
    """Print what to do if a cell that imports a check has met a name that is not there."""
    error, cell = result.error_in_exec, getattr(result.info, "raw_cell", None) or ""
    found = CHECK.search(cell)
    if not (found and isinstance(error, NameError) and error.name and found[1] in sys.modules):
        return
    used = re.search(rf"\b{re.escape(error.name)}\b", cell)
    number = getattr(getattr(sys.modules[found[1]], found[2], None), "number", None)
    if used and number:
        print(
            f"Exercise {number} cannot be checked yet: there is no `{error.name}`. Run the cells above this "
            "one, in order.\nIf one of them stops with an error, begin there; if not, compare the spelling "
            "with that in the text."
        )
