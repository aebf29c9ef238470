"""Exercises 2 and 9: detectors made by hand."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._report import CheckFailed, exercise, need
from course_utils.checks._values import (
    kind_of,
    need_close,
    need_shape,
    need_tensor,
    tensor_of,
)

BUMPS = [(size, value) for size in (1, 2) for value in (1.0, 0.5, -0.5, -1.0)]


def all_bumps(width=20):
    """Return every bump at every place, (cases, 1, width), and the number of its kind, 0 to 7."""
    rows, numbers = [], []
    for number, (size, value) in enumerate(BUMPS):
        for start in range(width - size):
            rows.append([0.0] * start + [value] * size + [0.0] * (width - start - size))
            numbers.append(number)
    return torch.tensor(rows, dtype=torch.float64)[:, None], torch.tensor(numbers)


def best_by_kind(kernel, pick, *, inside=False):
    """Return the best response to each of the eight kinds; ``pick`` chooses among the places, or those inside."""
    signals, numbers = all_bumps()
    if inside:  # two places from the ends, so that a shifted kernel sees what a centred one sees
        away = signals[:, 0, :2].eq(0).all(1) & signals[:, 0, -2:].eq(0).all(1)
        signals, numbers = signals[away], numbers[away]
    responses = F.conv1d(signals, kernel.double().view(1, 1, -1), padding=len(kernel) // 2).amax((1, 2))
    return torch.stack([pick(responses[numbers == k]) for k in range(len(BUMPS))])


def five_numbers(kernel, name):
    """Return a kernel of five numbers as a flat tensor; raise if it is something else."""
    hint = "the cell above: five weights in a row, as a tensor"
    need(kernel is not None and kernel is not Ellipsis, f"five numbers in `{name}`", "nothing yet", hint)
    kernel = tensor_of(kernel, name)
    need(
        kernel.numel() == 5,
        f"five numbers in `{name}`",
        kind_of(kernel),
        "the first argument of torch.tensor",
    )
    hint = "the type: a decimal point, as in 1.0, makes them floats, as the signals are; conv1d wants one type of both"
    need(kernel.is_floating_point(), f"decimal numbers in `{name}`", f"whole numbers, {kernel.dtype}", hint)
    need(bool(kernel.any()), f"weights in `{name}`", "five zeros, which respond to nothing", "the first hint")
    return kernel.flatten()


def one_number(value, name):
    """Return a value as a plain number; raise if it is something else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        hint = f"`{name}`, the second value of the pair: a single number"
        raise CheckFailed(f"a number in `{name}`", kind_of(value), hint) from None


@exercise(2)
def check_kernel(kernel, threshold):
    """Check a hand-made detector on every bump at every place."""
    kernel, threshold = five_numbers(kernel, "kernel"), one_number(threshold, "threshold")
    high, low = best_by_kind(kernel, torch.max), best_by_kind(kernel, torch.min)
    reach = low[0].item()  # the pattern, where it is seen worst
    worst = int(high[1:].argmax()) + 1
    size, value = BUMPS[worst]
    told = f"the pattern to answer more loudly than {size} × {value:+}, wherever they are"
    found = f"{reach:.2f} for the pattern at its worst place, {high[worst]:.2f} for {size} × {value:+}"
    need(reach > high[worst] + 0.01 * abs(reach), told, found, impostor_hint(size, value))
    room = 0.01 * (reach - high[worst].item())
    found = (
        f"{threshold:g}; the pattern answers with {reach:.2f}, the loudest impostor with {high[worst]:.2f}"
    )
    hint = "the threshold: the pattern does not rise above it, so it is missed"
    need(threshold < reach - room, "a threshold below the pattern's response, with some room", found, hint)
    hint = "the threshold: an impostor reaches it, or comes too close, and gives a false alarm"
    need(
        threshold > high[worst].item() + room, "a threshold above all impostors, with some room", found, hint
    )
    return "every pattern is found and there is no false alarm, for all bumps at all places"


def impostor_hint(size, value):
    """Return where to look when this bump answers as loudly as the pattern."""
    if value < 0:
        return "the side weights: a negative bump beside the middle turns them into a loud answer"
    if size == 2:
        return "the side weights: the double bump holds the pattern, and too little in the kernel minds its neighbour"
    return "the middle weight: is it the largest?"


@exercise(9)
def check_either(either, both):
    """Check the targets for two patterns, and the one kernel that answers to both."""
    answer = Answer("either", either)
    for width in (20, randint(8, 30)):
        signals, numbers = all_bumps(width)
        order = torch.randperm(len(signals))[: randint(40, 60)]
        signals, numbers = signals[order].float(), numbers[order]
        found = answer(signals.clone())
        need_tensor(found, "the targets")
        need_either(found, numbers)
    kernel = five_numbers(both, "both")
    high, low = (best_by_kind(kernel, pick, inside=True) for pick in (torch.max, torch.min))
    wanted = (0, 3)
    for k, (size, value) in enumerate(BUMPS):
        name = f"{size} × {value:+}"
        if k in wanted:
            hint = "the two weights for the two patterns: one of +1 and one of −1"
            need(low[k] > 0.999, f"at least 1 for {name}", f"{low[k]:.2f} at its worst place", hint)
        else:
            hint = "the neighbours of +1 and −1: what does a bump give that lies on two weights at once?"
            need(high[k] < 0.501, f"at most 0.5 for {name}", f"{high[k]:.2f} at its loudest place", hint)
    return "targets for both patterns, and one kernel answers to both and to no other bump"


def need_either(found, numbers):
    """Raise unless the targets say yes to 1 × +1 and 1 × −1; halves of the answer are recognised."""
    need_shape(found, (len(numbers), 1), "the targets")
    right = ((numbers == 0) | (numbers == 3)).float()[:, None]
    kinds = {
        "the sign: these targets say yes to [0, 1, 0] only": (0,),
        "the sign: these targets say yes to [0, −1, 0] only": (3,),
        "the size: these targets say yes to wide bumps, too": (0, 3, 4, 7),
        "the height: these targets say yes to low bumps, too": (0, 1, 2, 3),
        "the height: these targets say yes to two numbers of half the height, too": (0, 3, 5, 6),
        "yes and no: they are exchanged": (1, 2, 4, 5, 6, 7),
    }
    hints = [(hint, torch.isin(numbers, torch.tensor(k)).float()[:, None]) for hint, k in kinds.items()]
    need_close(
        found.float(), right, "the targets", mistakes=hints, hint="which bumps are yes: one number, +1 or −1"
    )
    if not found.is_floating_point():
        raise CheckFailed("targets that are floats", f"{found.dtype}", "the type: the loss compares floats")
