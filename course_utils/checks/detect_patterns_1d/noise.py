"""Exercise 8: detectors in noise."""

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced
from course_utils.checks._values import close, kind_of, need_close, need_shape, need_tuple, tensor_of
from course_utils.checks.detect_patterns_1d.many import patches_of, random_tensors
from course_utils.data import pattern_signals

MANY, FEWER = 4000, 400  # signals to judge on: in the exercise, and in its check
KINDS = ("the hand-made detector", "the learned detectors", "the best detector")
PAIRS = (
    "the shapes of answers and targets, side by side: an axis of length 1 on either side makes == compare all "
    "answers with all targets"
)


@exercise(8)
def check_compare(compare, by_hand, learned, best):
    """Check the comparison with networks drawn at random; then the accuracies of the long run."""
    answer, noise, starts, calls = Answer("compare", compare), 0.05 + 0.3 * np.random.rand(), 50, []

    def train_many(num_filters, X, y, starts=200, epochs=500):
        tensors = random_tensors(num_filters, starts)
        calls.append((num_filters, X, y, starts, tensors))
        return torch.rand(starts), list(tensors)

    shown = {"train_many": train_many, "pattern_signals": fewer_signals, "N": 75, "W": 20}
    with names_replaced(compare, **shown) as names:
        found = need_tuple(answer(noise), ("by hand", "learned", "best"))
        hint = "the training: `train_many` of the notebook does it"
        need(calls, "one call of train_many", "none", hint)
        need_training(calls[0], noise)
        need_accuracies(found, names, noise, calls[0][-1])
    need_shape(tensor_of(learned, "learned"), (6, starts), "learned, for six levels of noise,")
    need_long_run(*(tensor_of(value, "an accuracy") for value in (by_hand, learned, best)))
    return "trained on one set of signals and judged on another; the accuracies are where they should be"


def fewer_signals(n, width=20, **settings):
    """Return signals as the course draws them, but 400 for 4,000: pairs of all with all would fill the memory."""
    return pattern_signals(FEWER if n == MANY else n, width, **settings)


def need_training(call, noise):
    """Raise unless the networks were trained on the right signals."""
    filters, X, y, starts, _ = call
    need(
        (filters, starts) == (8, 50),
        "8 filters, 50 starts",
        f"{filters} filters, {starts} starts",
        "the call of train_many",
    )
    right, targets = pattern_signals(75, 20, noise=noise, seed=0)
    hints = [
        ("the noise: these signals have none", pattern_signals(75, 20, seed=0)[0]),
        ("the seed: the signals for training have seed 0", pattern_signals(75, 20, noise=noise, seed=1)[0]),
    ]
    need(
        len(X) not in (MANY, FEWER),
        "training on the 75 signals of seed 0",
        "the 4,000 others",
        "training on the test signals",
    )
    need_close(
        X,
        right,
        "the signals for training",
        mistakes=hints,
        hint="number, width, noise and seed of the signals",
    )
    need_close(y, targets, "the targets for training", hint="X and y of one and the same call")


def need_accuracies(found, names, noise, tensors):
    """Raise unless the three accuracies are those on 4,000 fresh signals."""
    sets = (
        (FEWER, 1),
        (MANY, 1),
        (75, 0),
        (FEWER, 0),
        (MANY, 0),
    )  # MANY: from an import of the student's own
    runs = (accuracies(*pattern_signals(n, 20, noise=noise, seed=i), tensors, names, noise) for n, i in sets)
    right = next(runs)
    if agree(found, right) or agree(found, second := next(runs)):
        return
    others = [second, *runs]
    for i, (name, value) in enumerate(zip(KINDS, right, strict=True)):
        need_axes(found[i], value, name)
        hints = [
            ("the signals for judging: 4,000 others, with seed 1, not those of the training", o[i])
            for o in others
        ]
        hints += [
            ("the answers: yes and no are exchanged", 1 - value),
            ("the answers: a mean over all starts", value.mean()),
        ]
        hint = "the signals and their noise, the threshold (0 for logits, 0.75 for the kernel), the axis of the mean"
        need_close(found[i], value, f"the accuracy of {name}", mistakes=hints, atol=1e-3, hint=hint)


def agree(found, right):
    """Return whether three accuracies are the right ones."""
    return all(close(mine, value, 1e-3) for mine, value in zip(found, right, strict=True))


def need_axes(found, right, name):
    """Raise if an accuracy has axes left, as it has when answers of (N) meet targets of (N, 1)."""
    found = tensor_of(found, f"the accuracy of {name}")
    wanted = f"{len(right)} accuracies" if right.ndim else "one number"
    need(found.ndim <= right.ndim, f"{wanted} for {name}", kind_of(found), PAIRS)


def accuracies(X, y, tensors, names, noise):
    """Return the accuracies of the three kinds of detector on some signals."""
    kernel = torch.tensor([0, -0.5, 1, -0.5, 0]).view(1, 1, 5)
    kernels, biases, votes, bias = tensors
    maps = torch.einsum("skj,jpn->skpn", kernels[:, :, 0], patches_of(X)).amax(2)
    logits = (votes @ torch.relu(maps + biases[..., None]))[:, 0] + bias
    answers = F.conv1d(X, kernel, padding=2).amax((1, 2)) > 0.75, logits > 0, names["best_possible"](X, noise)
    return [(answer == (y[:, 0] == 1)).float().mean(-1) for answer in answers]


def need_long_run(by_hand, learned, best):
    """Raise unless the accuracies for the six levels of noise are where right solutions have them."""
    hint = "the cell that runs the six levels: was it run with the present `compare`?"
    need(by_hand[0] > 0.99, "above 0.99 by hand at noise 0.05", f"{by_hand[0]:.3f}", hint)
    need(abs(by_hand[3] - 0.826) < 0.005, "about 0.826 by hand at noise 0.2", f"{by_hand[3]:.3f}", hint)
    need(
        abs(best[3] - 0.966) < 0.005, "about 0.966 for the best detector at noise 0.2", f"{best[3]:.3f}", hint
    )
    middle = learned.median(1).values
    need(bool((middle < best).all()), "learned detectors below the best possible", f"{middle.tolist()}", hint)
    need(bool((middle > 0.5).all()), "learned detectors above a guess", f"{middle.tolist()}", hint)
