"""Call what students wrote: their errors and empty answers become readable failures."""

import re
import traceback

from course_utils.checks._errors import hint_for
from course_utils.checks._report import CheckFailed, first_line, still_open
from course_utils.checks._trace import quiet
from course_utils.checks._values import kind_of

LIBRARIES = re.compile(r"site-packages|/lib/python3|course_utils|frozen")


class Answer:
    """A student's function or class under its name; calling it prints nothing and fails readably."""

    def __init__(self, name, function):
        if function is None or function is Ellipsis:
            raise still_open(name)
        if not callable(function):
            hint = f"the cell above: `{name}` must be what is called, not what a call has given back"
            raise CheckFailed(f"a function {name}", kind_of(function), hint)
        self.name, self.function, self.printed = name, function, ""

    def __call__(self, *arguments, **named):
        with quiet() as printed, readable(self.name):
            result = self.function(*arguments, **named)
        self.printed = printed.getvalue()
        if result is None or result is Ellipsis or result is NotImplemented:
            raise CheckFailed(
                f"a result of {self.name}",
                f"{self.name} gives back {result}",
                "the last line of the function: is there a `return` with your result?",
                opening="is still open, or its result does not come back",
            )
        return result


class readable:  # noqa: N801, a context manager that reads like a word
    """Turn an error inside a block into a failure that says where it came from and what it may mean."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None or not issubclass(kind, Exception) or issubclass(kind, CheckFailed):
            return False
        if issubclass(kind, NotImplementedError) and is_own(traceback.extract_tb(trace)[-1]):
            raise still_open(self.name) from error
        raise stopped(self.name, error, trace) from error


def stopped(name, error, trace):
    """Return the failure for code that stopped with an error."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if is_own(frame)]
    layer = " in nn.Linear" * any(frame.filename.endswith("modules/linear.py") for frame in frames)
    where = f", in line {own[-1].lineno} of the cell ({own[-1].name})" if own else ""
    return CheckFailed(
        f"{name} to run through",
        f"{type(error).__name__}: {first_line(error)}{where}",
        hint_for(f"{error}{layer}") or "that line, with the shapes and types of what goes into it",
        opening="stops with an error",
    )


def is_own(frame):
    """Return whether a frame of a traceback is in code that a student wrote."""
    return not LIBRARIES.search(frame.filename)
