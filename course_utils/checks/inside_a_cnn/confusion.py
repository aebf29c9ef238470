"""Exercise 5: a confusion matrix."""

from random import randint

import torch

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import need_close, need_shape, tensor_of


@exercise(5)
def check_confusion(confusion):
    """Check the table of counts on random pairs."""
    answer = Answer("confusion", confusion)
    for n in (randint(300, 500), 9):
        y, guess = (torch.randint(0, 10 if n > 9 else 9, (n,)) for _ in range(2))  # not all digits need occur
        found = tensor_of(answer(y.clone(), guess.clone()), "the table")
        right = torch.bincount(10 * y + guess, minlength=100).reshape(10, 10)
        need_shape(found, (10, 10), "the table")
        hint = counting_hint(int(found.sum()), n)
        hints = wrong_tables(right, n)
        need_close(found, right, f"the counts of {n} pairs", mistakes=hints, hint=hint, atol=1e-6)
        hint = "the type of the table: counts are int64"
        need(not found.is_floating_point(), "whole numbers", f"{found.dtype}", hint)
        hint = f"the type of the table: a count may be larger than {torch.iinfo(found.dtype).max}"
        need(found.dtype.itemsize > 1, "counts of up to 10,000 images", f"a table of {found.dtype}", hint)
    return "the counts of random pairs agree with a second computation"


def counting_hint(total, n):
    """Return what to look at in the loop, from the sum of all counts."""
    if total == n:
        return "the place in the table: label and prediction as they are, the first for the row"
    more = "Does each pair count once, and is the table a new one in each call?"
    less = "Is a pair left out, at the start, at the end, or after a `return` in the loop?"
    return f"the loop: the counts add up to {total}, for {n} pairs. {more if total > n else less}"


def wrong_tables(right, n):
    """Return (hint, table) for the usual mistakes."""
    once = (right > 0).long()
    return [
        ("rows and columns: the table is transposed, labels belong in the rows", right.T),
        ("the counting: each pair is noted once, however often it comes", once),
        ("the counting: these are fractions, not counts", right / n),
        ("the counting: these are percentages, not counts", 100 * right / n),
        (
            "the rows: they are one and the same list, so each count is in all of them",
            right.sum(0).expand(10, 10),
        ),
        (
            "the counting: fractions of each row, not counts",
            right / right.sum(1, keepdim=True).clamp(min=1),
        ),
        ("the diagonal: right answers are counted, too", right * (1 - torch.eye(10).long())),
        ("the start: it should be zeros", right + 1),
    ]
