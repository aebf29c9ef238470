"""Call what students wrote: their errors and empty answers become readable failures."""

import re
import traceback

import torch

from course_utils.checks._errors import hint_for
from course_utils.checks._report import CheckFailed, first_line, still_open
from course_utils.checks._trace import quiet
from course_utils.checks._values import kind_of

LIBRARIES = re.compile(r"site-packages|/lib/python3|course_utils|frozen")
SIZES = re.compile(r"shapes cannot be multiplied|Calculated padded input size|expected input")
STUB = re.compile(r"$|Exercise \d+")  # the message of a cell that nobody has written yet
UNKNOWN = "that line, with the shapes and types of what goes into it"
GIVEN = (
    "what goes in: this function gets its data and its network as arguments, and in this check they are "
    "small ones of its own. Is something of the notebook used in their place?"
)


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
            raise no_result(self, result)
        return result


def no_result(answer, result):
    """Return the failure for a function that gives nothing back."""
    name = f"{answer.name}.forward" if isinstance(answer.function, torch.nn.Module) else answer.name
    hint = "the last line of the function: is there a `return` with your result, in every case?"
    if answer.printed.strip():
        hint = (
            "the last line of the function: is there a `return`? What is printed is shown, but not given back"
        )
    opening = "is still open, or its result does not come back"
    return CheckFailed(f"a result of {name}", f"{name} gives back {result}", hint, opening=opening)


class readable:  # noqa: N801, a context manager that reads like a word
    """Turn an error inside a block into a failure that says where it came from and what it may mean."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            raise interrupted(self.name, trace) from None
        if kind is None or not issubclass(kind, Exception) or issubclass(kind, CheckFailed):
            return False
        if issubclass(kind, NotImplementedError) and STUB.match(str(error)):
            raise still_open(self.name, str(error)) from error
        raise stopped(self.name, error, trace) from error


def stopped(name, error, trace):
    """Return the failure for code that stopped with an error."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if is_own(frame)]
    elsewhere = bool(own) and own[-1].filename != own[0].filename
    layer = " in nn.Linear" * any(frame.filename.endswith("modules/linear.py") for frame in frames)
    hint = hint_for(f"{type(error).__name__}: {error}{layer}") or UNKNOWN
    borrowed = elsewhere or any(frame.filename.endswith("checks/_networks.py") for frame in frames)
    if borrowed and SIZES.search(str(error)):
        hint = GIVEN
    found = f"{type(error).__name__}: {first_line(error)}{place(own[:1] if elsewhere else own[-1:])}"
    if elsewhere:
        found += f", which calls line {own[-1].lineno} of another ({own[-1].name})"
    return CheckFailed(f"{name} to run through", found, hint, opening="stops with an error")


def interrupted(name, trace):
    """Return the failure for code that was stopped by hand, or because its time was up."""
    own = [frame for frame in traceback.extract_tb(trace) if is_own(frame)]
    hint = "a loop that does not end: a `while` that stays true, or more loops over the data than one"
    found = f"it was still running when it was stopped{place(own[-1:])}"
    return CheckFailed(f"{name} to come to its end in a few seconds", found, hint, opening="was stopped")


def place(frames):
    """Return where in a student's cell the last of these frames is; nothing if there is none."""
    return f", in line {frames[-1].lineno} of the cell ({frames[-1].name})" if frames else ""


def is_own(frame):
    """Return whether a frame of a traceback is in code that a student wrote."""
    return not LIBRARIES.search(frame.filename)
