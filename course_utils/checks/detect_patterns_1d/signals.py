"""Exercises 1, 2 and 9: the data, and detectors made by hand."""

from random import randint

import numpy as np
import torch

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import (
    close,
    need_close,
    need_shape,
    need_tensor,
    need_tuple,
    tensor_of,
)

VALUES = (-1.0, -0.5, 0.5, 1.0)

MISTAKES = {
    "the size: `randint` leaves out its upper end, so every bump has one number": {"sizes": 2},
    "the size: `randint` leaves out its upper end; are sizes of 3 possible, or of 0?": {"sizes": 4},
    "the start: it goes one too far, or not far enough (`randint` leaves out its upper end)": {"ends": 1},
    "the start: it does not reach the last place (`randint` leaves out its upper end)": {"ends": -1},
    "the order of the draws: size, then start, then value": {"order": "value first"},
    "the order of the draws: size, then start, and value last": {"order": "value second"},
    "the order of the draws: all three for one signal, and only then those of the next": {"order": "by kind"},
    "the value: all four must be possible": {"values": (1.0,)},
    "the width of the bump: one number more than `size` is written": {"wider": 1},
    "the slice: it ends `size` numbers after `start`, not at `size`. Or is the axis of channels forgotten?": {
        "write": lambda X, i, a, b: X[i, 0, a : b - a]
    },
    "the slice: is the axis of channels forgotten? X has three: signal, channel, place": {
        "write": lambda X, i, a, b: X[i, a:b]
    },
    "the signal: each bump belongs into one of them, not into all": {
        "write": lambda X, i, a, b: X[:, 0, a:b]
    },
    "the loop: only the first signal has a bump. Is the `return` in it?": {
        "write": lambda X, i, a, b: X[i : max(0, 1 - i), 0, a:b]
    },
}


@exercise(1)
def check_signals(make_signals):
    """Check the made-up signals and their targets, for several sizes and seeds."""
    answer = Answer("make_signals", make_signals)
    for _ in range(4):
        n, width, seed = randint(25, 60), randint(6, 40), randint(1, 10**6)
        X, y = need_tuple(answer(n, width, seed), ("X", "y"))
        np.random.seed(randint(0, 10**6))
        again, _ = answer(n, width, seed)
        need_tensor(X, "X"), need_tensor(y, "y")
        need_shape(X, (n, 1, width), f"X of make_signals({n}, {width}, {seed})")
        need_shape(y, (n, 1), f"y of make_signals({n}, {width}, {seed})")
        need(
            close(X, again),
            "the same data twice for one seed",
            "different data",
            "the draws: from `rng`, which has the seed",
        )
        right, targets = draw(n, width, seed)
        wrong = ((hint, draw(n, width, seed, **change)[0]) for hint, change in MISTAKES.items())
        need_close(
            X,
            right,
            "the signals",
            mistakes=wrong,
            hint="the three draws, in their order, and what is written where",
        )
        need_targets(y, X, targets)
    return "signals and targets agree with the course's own for four sizes and seeds"


def draw(n, width, seed, *, sizes=3, ends=0, order="", values=VALUES, wider=0, write=None):
    """Return signals and targets as the text says, or with a mistake."""
    rng = np.random.RandomState(seed)
    X, y = torch.zeros(n, 1, width), torch.zeros(n, 1)
    if order == "by kind":
        lengths = rng.randint(1, sizes, n)
        draws = zip(lengths, rng.randint(0, width - lengths), rng.choice(values, n), strict=True)
    else:
        draws = (draw_one(rng, width, sizes, ends, values, order) for _ in range(n))
    for i, (size, start, value) in enumerate(draws):
        place = write(X, i, start, start + size) if write else X[i, 0, start : start + size + wider]
        place.fill_(float(value))
        y[i] = float(size == 1 and value == 1)
    return X, y


def draw_one(rng, *how):
    """Return size, start and value of one signal, drawn in the order of the text or in another."""
    width, sizes, ends, values, order = how
    value = rng.choice(values) if order == "value first" else None
    size = rng.randint(1, sizes)
    value = rng.choice(values) if order == "value second" else value
    start = rng.randint(0, max(1, width - size + ends))
    return size, start, rng.choice(values) if value is None else value


def need_targets(y, X, targets):
    """Raise unless the targets are right; rules that forget size, sign or height are recognised."""
    X = tensor_of(X, "X")
    total, low, high = X.sum(2), X.amin(2), X.amax(2)
    single = (X != 0).sum(2) == 1
    hints = [
        ("the size: it does not matter to these targets", high == 1),
        ("the height: it does not matter to these targets", single & (total > 0)),
        ("the value: neither height nor sign matters to these targets", single),
        ("the sum: two numbers of ½ make 1, too", total == 1),
        ("the sign: these targets count -1 as the pattern, too", single & ((high == 1) | (low == -1))),
        ("yes and no: they are exchanged", 1 - targets),
    ]
    pairs = [(hint, value.float()) for hint, value in hints]
    need_close(y, targets, "the targets y", mistakes=pairs, hint="the rule: size is 1 and value is 1")
