"""Exercises 5 and 7: the likeness of two kernels, a band for a fraction."""

from random import randint

import numpy as np
import torch

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import kind_of, need_close, need_tuple, tensor_of


@exercise(5)
def check_best_cosine(best_cosine):
    """Check the cosine at the best shift on random kernels and on opposite ones."""
    answer, kernels = Answer("best_cosine", best_cosine), [np.random.randn(5) for _ in range(6)]
    kernels += [np.array([1.0, 0, 0, 0, 0]), np.array([0, 0, 0, 0, 1.0]), -np.array([0, -0.5, 1, -0.5, 0])]
    for number, kernel in enumerate(kernels):
        ideal = np.random.randn(5 if number % 3 == 2 else 3)  # later cells compare kernels of one length, too
        with np.errstate(all="ignore"):
            found = answer(kernel.copy(), ideal.copy())
        products = np.correlate(kernel, ideal, mode="full")
        length = np.linalg.norm(kernel) * np.linalg.norm(ideal)
        hint = "the best of the shifts"
        need(not isinstance(found, np.ndarray) or found.ndim == 0, "one number", kind_of(found), hint)
        hints = wrong_cosines(kernel, ideal, products, length)
        told = f"the cosine at the best shift ({len(ideal)} numbers along {len(kernel)})"
        need_close(found, products.max() / length, told, mistakes=hints, atol=1e-5,
                   hint="the products at every shift, the best of them, and both lengths")  # fmt: skip
    return "cosines at the best shift agree with a second computation on random kernels"


def wrong_cosines(kernel, ideal, products, length):
    """Return (hint, value) for the usual mistakes."""
    return [
        ("the division by the lengths of both: it is missing", products.max()),
        ("the division: by the lengths of both, not of one", products.max() / np.linalg.norm(ideal)),
        ("the division: by the lengths of both, not of one", products.max() / np.linalg.norm(kernel)),
        ("the sign: an opposite kernel has a negative cosine", abs(products).max() / length),
        ("the shifts: they should go as far as the ideal kernel reaches over the edge (`mode`)",
         np.correlate(kernel, ideal, mode="valid").max() / length),
        ("the shifts: they should go as far as the ideal kernel reaches over the edge (`mode`) ",
         np.correlate(kernel, ideal, mode="same").max() / length),
        ("convolution and correlation: this one turns the kernel round", np.convolve(kernel, ideal).max() / length),
        ("the best shift: this is the worst one", products.min() / length),
        ("the best shift: its value, not its place", products.argmax() / length),
        ("the brackets: both lengths stand below the line",
         products.max() / np.linalg.norm(kernel) * np.linalg.norm(ideal)),
        ("the brackets: both lengths stand below the line",
         products.max() / np.linalg.norm(ideal) * np.linalg.norm(kernel)),
        ("the root: it is missing, this divides by the squares of the lengths", products.max() / length**2),
    ]  # fmt: skip


@exercise(7)
def check_wilson(wilson):
    """Check both ends of the Wilson interval for numbers and arrays, and for other z."""
    answer = Answer("wilson", wilson)
    n = randint(20, 300)
    for successes in (randint(1, n - 1), 0, n, np.random.randint(0, n + 1, size=7)):
        need_interval(answer(successes, n), successes, n, 1.96)
    n, z = randint(3, 12), 1 + np.random.rand()
    need_interval(answer(np.arange(n + 1), n, z), np.arange(n + 1), n, z)
    return "both ends agree with a second computation, for numbers, arrays and another z"


def need_interval(found, s, n, z):
    """Raise unless an interval is right; forgotten terms are recognised."""
    low, high = need_tuple(found, ("lower end", "upper end"))
    p, scale = np.asarray(s) / n, 1 + z**2 / n
    centre, spread = p + z**2 / (2 * n), np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    found = torch.stack([tensor_of(low, "the lower end"), tensor_of(high, "the upper end")])
    told = f"the ends for {s if np.ndim(s) == 0 else 'several numbers'} of {n}, z = {z:.3g}"
    hint = "centre and reach, each against its formula"
    ends = interval(centre, z * spread) / scale
    need_close(found, ends, told, mistakes=wrong_intervals(p, n, z, centre, spread), hint=hint, atol=1e-6)


def interval(centre, reach):
    """Return both ends of an interval."""
    return np.stack([centre - reach, centre + reach])


def wrong_intervals(p, n, z, centre, spread):
    """Yield (hint, ends) for the usual mistakes."""
    plain, scale = z * np.sqrt(p * (1 - p) / n), 1 + z**2 / n
    yield "the two ends: they are exchanged", interval(centre, -z * spread) / scale
    yield "the formula: this is the plain interval, p plus or minus", interval(p, plain)
    yield "the division by 1 + z²/n: it is missing", interval(centre, z * spread)
    yield "z before the root: it is missing", interval(centre, spread) / scale
    yield "the centre: the term z²/2n is missing", interval(p, z * spread) / scale
    yield "under the root: the term z²/4n² is missing", interval(centre, plain) / scale
    yield "the brackets: only one of the two terms is divided", interval(centre, z * spread / scale)
    yield "the brackets: z**2 / 2 * n multiplies by n", interval(p + z**2 / 2 * n, z * spread) / scale
    wide = np.sqrt(p * (1 - p) / n + z**2 / 4 * n**2)
    yield "the brackets: z**2 / 4 * n**2 multiplies by n²", interval(centre, z * wide) / scale
