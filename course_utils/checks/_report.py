"""What a check says: one line if the answer is right, one short error if it is not."""

import functools

from course_utils.checks._trace import no_trace


class CheckFailed(AssertionError):
    """An answer that is not right yet: what was expected, what was found, what to look at.

    ``str`` gives the whole message. In a notebook it is shown without the frames of the check,
    which are of no interest to whoever wrote the answer.
    """

    def __init__(self, expected, found=None, hint=None, *, opening="is not right yet", foreseen=True):
        super().__init__(expected)
        self.expected, self.found, self.hint = expected, found, hint
        self.opening, self.foreseen, self.exercise, self.stub = opening, foreseen, "This exercise", ""

    def __str__(self):
        lines = {"Expected": self.expected, "Found": self.found, "Look at": self.hint}
        told = [f"  {label + ':':<9} {text}" for label, text in lines.items() if text]
        return "\n".join([f"{self.exercise} {self.opening}.", *told])

    def _render_traceback_(self):
        return str(self).splitlines()


def exercise(number):
    """Make a check of an exercise out of a function that returns what it has verified."""

    def decorate(check):
        @functools.wraps(check)
        def checked(*answers):
            try:
                with no_trace():
                    verified = check(*answers)
            except CheckFailed as failed:
                failed.exercise = f"Exercise {number}"
                name_other_stub(failed)
                raise
            except Exception as error:
                failed = unforeseen(error)
                failed.exercise = f"Exercise {number}"
                raise failed from error
            print(f"Exercise {number} is right: {verified}.")

        checked.number = number
        return checked

    return decorate


def unforeseen(error):
    """Return the failure for an answer that the check itself stumbled over."""
    return CheckFailed(
        "an answer of the type and shape that the exercise asks for",
        f"something that the check cannot work with ({type(error).__name__}: {first_line(error)})",
        "what you return: its type, its shape, and the types of the numbers in it",
        foreseen=False,
    )


def still_open(name, stub=""):
    """Return the failure for an answer that has not been written yet; ``stub`` is what its cell says."""
    failed = CheckFailed(
        f"your code for {name}, in the cell above",
        hint="the text of the exercise and its first hint; then run the cell above and this one again",
        opening="is still open",
    )
    failed.stub = stub
    return failed


def name_other_stub(failed):
    """Say so if what is still open is an earlier exercise that this one uses."""
    if failed.stub and not failed.stub.startswith(f"{failed.exercise}:"):
        failed.opening = "uses code that is not written yet"
        failed.expected = f"your code for {failed.stub}"
        failed.hint = "that exercise; when its check is content, run this one again"


def first_line(error):
    """Return the first line of an error's message, shortened to fit on a line or two."""
    text = (str(error).splitlines() or [""])[0]
    return text if len(text) <= 160 else text[:157] + "…"


def need(condition, expected, found=None, hint=None):
    """Raise a `CheckFailed` unless the condition holds."""
    if not condition:
        raise CheckFailed(expected, found, hint)
