"""Exercises 3 and 4: a cosine, the surest mistakes."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import close, need_close, need_number, tensor_of


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
        given = u.clone(), v.clone()
        found = answer(*given)
        hint = "`/=`, `*=` and the like: they change the tensor that was given, and with it the weights of a network"
        kept = close(given[0], u) and close(given[1], v)
        need(kept, "both tensors as they were", "changed ones", hint)
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
        ("the cosine: this is its square", (product / lengths) ** 2),
        ("the cosine: this is 1 minus it, a distance", 1 - product / lengths),
        ("the fraction: it is upside down", lengths / product),
        ("the product: mean in place of sum", product / u.numel() / lengths),
        ("the axes: the tensors are taken as one long vector each",
         F.cosine_similarity(u, v, dim=-1).mean()),
        ("the axes: this is a mean over the first one; the tensors are taken as one long vector each",
         F.cosine_similarity(u.reshape(len(u), -1), v.reshape(len(v), -1)).mean()),
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
    need(found.ndim == 1, "indices in one axis", f"shape {tuple(found.shape)}", axes_hint(found))
    hints = {
        "the translation: these are places in the shorter list of mistakes, not numbers of images": places,
        "the order: the most confident mistake comes first": right[::-1],
        "the order: these are the mistakes, but in the order of the images": sorted(right),
        "the comparison: these images are read correctly": correct,
        "the images: these are all of them, not the mistakes alone": sure.argsort(descending=True).tolist(),
        "what is returned: confidences, not indices": [sure[i].item() for i in right],
        "the order: by the numbers of the images, not by their confidence": sorted(right, reverse=True),
        "the condition: it counts by image, but selects from a list that is in another order":
            sure.argsort(descending=True)[y != guess].tolist(),
        "the end: after the mistakes come other images": [*right, *found.tolist()[len(right) :]],
        "the end: all mistakes are asked for, not the first few": right[: len(found)],
    }  # fmt: skip
    hint = next((text for text, value in hints.items() if close(found, value)), None)
    if hint is None and len(found) < len(right) and set(found.tolist()) < set(right):
        hint = "the comparison: some of the mistakes are missing"
    shown = [round(v, 3) if isinstance(v, float) else v for v in found.tolist()]
    apart = next((k for k, (a, b) in enumerate(zip(shown, right, strict=False)) if a != b), 0)
    at = f"from place {apart} on" if apart else "beginning with"
    told = f"{len(right)} indices, {at} {right[apart : apart + 3]} in this case"
    found_told = f"{len(found)}, {at} {shown[apart : apart + 3]}"
    need(close(found, right), told, found_told, hint or "two steps: which are wrong, and in what order?")
    need(not found.is_floating_point(), "whole numbers", f"{found.dtype}", "the type: indices are integers")


def axes_hint(found):
    """Return what to look at if indices have another number of axes than one."""
    if found.ndim == 0:
        return "the result: a single number. Which images are asked for, not how many"
    if len(found) == 2:
        return "`sort`: it gives two things, the values and their places"
    if found.shape[-1] == 2:
        return "what is in the list: pairs. The indices alone are asked for"
    return "the second axis of torch.nonzero"
