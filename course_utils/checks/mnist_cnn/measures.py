"""Exercises 7 and 9: easy and hard digits, and what the filters prefer."""

from random import randint

import torch

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import need_close, need_shape, need_tensor, need_tuple


@exercise(7)
def check_easiest_and_hardest(easiest_and_hardest):
    """Check the two indices on random probabilities, for every digit that occurs."""
    answer = Answer("easiest_and_hardest", easiest_and_hardest)
    p, labels = (2 * torch.randn(500, 10)).softmax(1), torch.randint(0, 10, (500,))
    for digit in labels.unique().tolist():
        found = need_tuple(answer(p.clone(), labels.clone(), digit), ("easiest", "hardest"))
        need(all(int(i) == i for i in found), "two indices", f"{found}", "argmax and argmin, not max and min")
        need_indices(tuple(int(i) for i in found), p, labels, digit)
    return "easiest and hardest of every digit agree with a sort of random probabilities"


def need_indices(found, p, labels, digit):
    """Raise unless these are the indices of the largest and smallest probability at the label."""
    own = [i for i in range(len(p)) if labels[i] == digit]
    ranked = sorted(own, key=lambda i: p[i, digit].item())
    right = ranked[-1], ranked[0]
    largest = sorted(own, key=lambda i: p[i].max().item())
    others = {
        "the order: the easiest comes first": right[::-1],
        "the translation: these count within the images of this digit, not within all of `p`": (
            own.index(right[0]), own.index(right[1])),
        "the images: only those whose label is the digit": (int(p[:, digit].argmax()), int(p[:, digit].argmin())),
        "the probability: the one at the label, not the largest of the ten": (largest[-1], largest[0]),
        "the smallest: the zeros of other digits are smaller than any probability": (
            right[0], next(i for i in range(len(p)) if labels[i] != digit)),
        "argmax and argmin: they count through all ten columns; choose that of the digit first": (
            int(p[own].argmax()), int(p[own].argmin())),
        "the second index: it is the same as the first": (right[0], right[0]),
    }  # fmt: skip
    cause = next((hint for hint, value in others.items() if value == found and value != right), None)
    told = f"{right} for the digit {digit} in this case"
    need(
        found == right,
        told,
        f"{found}",
        cause or "the probabilities at the label, among the images of the digit",
    )


@exercise(9)
def check_responses(responses):
    """Check the sums of products on random kernels and patches."""
    answer = Answer("responses", responses)
    for K, A in ((randint(2, 4), randint(5, 7)), (4, 4), (1, 3)):
        kernels, patches = torch.randn(K, 5, 5), torch.randn(A, 5, 5)
        found, right = answer(kernels.clone(), patches.clone()), torch.einsum("kij,aij->ka", kernels, patches)
        need_tensor(found, "the responses")
        hints = [
            ("rows and columns of the result: they are exchanged", right.T),
            (
                "rows and columns of a patch: they are exchanged",
                torch.einsum("kij,aji->ka", kernels, patches),
            ),
            (
                "flipping: neither kernels nor patches are turned round",
                torch.einsum("kij,aij->ka", kernels.flip(1, 2), patches),
            ),
            (
                "the product: pixel by pixel, not that of two matrices",
                (kernels[:, None] @ patches).sum((2, 3)),
            ),
            ("sum and mean: these are divided by the 25 pixels", right / 25),
            ("the bias or the ReLU: neither belongs here", right.relu()),
        ]
        if K != A:
            need_shape(found, (K, A), f"responses of {K} kernels to {A} patches")
        need_close(
            found, right, "the responses", mistakes=hints, hint="products pixel by pixel, and their sum"
        )
    return "sums of products agree with a second computation on random kernels and patches"
