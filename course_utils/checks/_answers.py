"""Call what students wrote: their errors and empty answers become readable failures."""

import re
import traceback

from course_utils.checks._report import CheckFailed, first_line, still_open
from course_utils.checks._trace import quiet

LIBRARIES = re.compile(r"site-packages|/lib/python3|course_utils|frozen")

ERRORS = {
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)": (
        "the linear layer: its input size is {2}, but it receives {1}. Follow one example through the layers "
        "and count what is left of it; the batch axis stays when you flatten"
    ),
    r"same device|on cuda|on cpu": "where the tensors are: model and batch must be on the same device",
    r"expected scalar type Long|Long but got|to be Long|class probabilities|not implemented for 'Int'": (
        "the type of the labels: class labels are int64, not floats"
    ),
    r"can't be cast to the desired output type Long": "the type of the targets: this loss takes floats",
    r"does not require grad": (
        "where the gradient record was lost: under no_grad, or by item or detach before the backward pass"
    ),
    r"that requires grad": "the gradient record: detach from it before you change or convert the numbers",
    r"modified by an inplace operation": "an operation that changes a tensor in place (its name ends with _)",
    r"view size is not compatible": "`view`: it needs numbers that lie in order; `reshape` or `flatten` does not",
    r"positional argument": "the arguments: their number and order are given in the text of the exercise",
    r"is not defined|not associated with a value": "the name: is it spelt right, and was its cell run?",
    r"Expected .* input, but got|expected input.* to have (\d+) channels|[Gg]iven groups": (
        "the shape of what goes into the layer: batch, channels, then the axes along which it slides"
    ),
    r"size of tensor|shape mismatch|could not be broadcast|same (size|shape)|doesn't match": (
        "the shapes on both sides: are there a `dim`, a transpose or a reshape too many or too few?"
    ),
    r"(?i)pool|output size is too small|kernel size can't be greater": (
        "padding and pooling: the window is larger than what is left of the input"
    ),
}


class Answer:
    """A student's function or class under its name; calling it prints nothing and fails readably."""

    def __init__(self, name, function):
        if function is None or function is Ellipsis:
            raise still_open(name)
        if not callable(function):
            raise CheckFailed(
                f"a function {name}", f"{type(function).__name__}", "the name on the left of `=`"
            )
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
        if issubclass(kind, NotImplementedError):
            raise still_open(self.name) from error
        raise stopped(self.name, error, trace) from error


def stopped(name, error, trace):
    """Return the failure for code that stopped with an error."""
    own = [frame for frame in traceback.extract_tb(trace) if not LIBRARIES.search(frame.filename)]
    where = f", in line {own[-1].lineno} of the cell ({own[-1].name})" if own else ""
    return CheckFailed(
        f"{name} to run through",
        f"{type(error).__name__}: {first_line(error)}{where}",
        hint_for(error) or "that line, with the shapes and types of what goes into it",
        opening="stops with an error",
    )


def hint_for(error):
    """Return what an error of PyTorch, NumPy or Python usually means here; None if it is not known."""
    for pattern, hint in ERRORS.items():
        if found := re.search(pattern, str(error)):
            return hint.format(*found.groups()) if "{" in hint else hint
    return None
