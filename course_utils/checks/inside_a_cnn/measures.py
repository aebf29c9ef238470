"""Exercises 3 to 5: a cosine, the surest mistakes, a confusion matrix."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import close, need_close, need_number, need_shape, tensor_of


@exercise(3)
def check_cosine(cosine):
    """Check the cosine of random tensors, multiples and opposites."""
    answer = Answer("cosine", cosine)
    a, b = torch.randn(4, 3, 5, 5), torch.randn(4, 3, 5, 5)
    a, b = 10 * a, b + a * (0.3 + torch.rand(()))  # not nearly at right angles, nor of one length
    last = torch.channels_last  # the memory format of the lab's kernels
    for u, v in (
        (a, b),
        (a.to(memory_format=last), b.to(memory_format=last)),
        (a, -3 * b),
        (2 * a, a),
        (a[0], -a[0]),
        (torch.randn(7), torch.randn(7)),
    ):
        found = answer(u.clone(), v.clone())
        product, lengths = (u * v).sum(), u.norm() * v.norm()
        need_number(found, "the cosine")
        hints = wrong_cosines(u, v, product, lengths)
        need_close(
            found,
            product / lengths,
            "the cosine",
            mistakes=hints,
            hint="the formula, term by term",
            atol=1e-5,
        )
    return "cosines of random tensors agree with a second computation; multiples give 1, opposites −1"


def wrong_cosines(u, v, product, lengths):
    """Return (hint, value) for the usual mistakes."""
    return [
        ("the division by both lengths: it is missing", product),
        ("the root: it is missing, this divides by the squares of the lengths", product / lengths**2),
        ("the division: by both lengths, not by one", product / u.norm()),
        ("the division: by both lengths, not by one", product / v.norm()),
        ("the division: by both lengths, not by the square of one", product / u.norm() ** 2),
        ("the sign: opposite directions have the cosine −1", product.abs() / lengths),
        ("the product: mean in place of sum", product / u.numel() / lengths),
        ("the axes: the tensors are taken as one long vector each",
         F.cosine_similarity(u, v, dim=-1).mean()),
    ]  # fmt: skip


@exercise(4)
def check_surest_mistakes(surest_mistakes):
    """Check the order of the mistakes for random labels, predictions and confidences."""
    answer = Answer("surest_mistakes", surest_mistakes)
    for _ in range(2):
        n = randint(40, 60)
        y, guess, sure = torch.randint(0, 3, (n,)), torch.randint(0, 3, (n,)), torch.rand(n)
        found = tensor_of(answer(y.clone(), guess.clone(), sure.clone()), "the indices")
        need_mistakes(found, y, guess, sure)
    return "mistakes, and only these, in the order of their confidence"


def need_mistakes(found, y, guess, sure):
    """Raise unless these are the indices of the mistakes, the surest first."""
    right = sorted((i for i in range(len(y)) if y[i] != guess[i]), key=lambda i: -sure[i].item())
    places = torch.tensor([sure[i] for i in sorted(right)]).argsort(descending=True).tolist()
    correct = sorted((i for i in range(len(y)) if y[i] == guess[i]), key=lambda i: -sure[i].item())
    need(
        found.ndim == 1,
        "indices in one axis",
        f"shape {tuple(found.shape)}",
        "the second axis of torch.nonzero",
    )
    hints = {
        "the translation: these are places in the shorter list of mistakes, not numbers of images": places,
        "the order: the most confident mistake comes first": right[::-1],
        "the order: these are the mistakes, but in the order of the images": sorted(right),
        "the comparison: these images are read correctly": correct,
        "the images: these are all of them, not the mistakes alone": sure.argsort(descending=True).tolist(),
        "what is returned: confidences, not indices": [sure[i].item() for i in right],
    }
    hint = next((text for text, value in hints.items() if close(found, value)), None)
    told = f"{len(right)} indices, beginning with {right[:3]} in this case"
    shown = [round(v, 3) if isinstance(v, float) else v for v in found.tolist()[:3]]
    found_told = f"{len(found)}, beginning with {shown}"
    need(close(found, right), told, found_told, hint or "two steps: which are wrong, and in what order?")
    need(not found.is_floating_point(), "whole numbers", f"{found.dtype}", "the type: indices are integers")


@exercise(5)
def check_confusion(confusion):
    """Check the table of counts on random pairs."""
    answer = Answer("confusion", confusion)
    for n in (randint(300, 500), 9):
        y, guess = torch.randint(0, 10, (n,)), torch.randint(0, 10, (n,))
        found = tensor_of(answer(y.clone(), guess.clone()), "the table")
        right = torch.bincount(10 * y + guess, minlength=100).reshape(10, 10)
        need_shape(found, (10, 10), "the table")
        hint = "the loop: each pair of label and prediction adds 1 in one place"
        hints = wrong_tables(right, n)
        need_close(found, right, f"the counts of {n} pairs", mistakes=hints, hint=hint, atol=1e-6)
        hint = "the type of the table: counts are int64"
        need(not found.is_floating_point(), "whole numbers", f"{found.dtype}", hint)
    return "the counts of random pairs agree with a second computation"


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
