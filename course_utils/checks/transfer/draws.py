"""Exercise 2: a few labelled examples, drawn at random."""

from random import randint

import torch

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import close, kind_of, need_tensor

CLASSES = 4


@exercise(2)
def check_draw_few(draw_few, labels):
    """Check counts, origin and randomness of draws from candidates that are drawn anew."""
    answer, n = Answer("draw_few", draw_few), randint(3, 7)
    candidates = torch.cat([150 * k + torch.randperm(150)[: 30 + 5 * k] for k in range(CLASSES)])
    candidates = candidates[torch.randperm(len(candidates))]
    seed = randint(1, 10**6)
    torch.default_generator.manual_seed(1)
    few = answer(candidates.clone(), n, seed)
    need_draw(few, candidates, labels, n)
    torch.default_generator.manual_seed(2)
    hint = "the generator: is the seed used, and by every random step?"
    need(
        close(few, answer(candidates.clone(), n, seed)), "the same draw for the same seed", "two draws", hint
    )
    draws = [answer(candidates.clone(), n, seed + i) for i in range(1, 4)]
    for draw in draws:
        need_draw(draw, candidates, labels, n)
    hint = "the shuffle: the first ones of each class are always the same tiles"
    need(
        any(set(draw.tolist()) != set(few.tolist()) for draw in draws),
        "other tiles for other seeds",
        "the same tiles",
        hint,
    )
    return (
        "equal counts of all classes, drawn from the candidates alone, and again the same for the same seed"
    )


def need_draw(few, candidates, labels, n):
    """Raise unless this is a draw of n candidates of each class."""
    need_tensor(few, "the tile numbers")
    hint = "joining: torch.cat puts pieces one after the other"
    need(few.ndim == 1, "tile numbers in one axis", kind_of(few), hint)
    need(not few.is_floating_point(), "whole numbers", f"{few.dtype}", "the type: tile numbers are indices")
    strangers = (~torch.isin(few, candidates)).sum().item()
    hint = "where you draw from: a test tile must not get in"
    if bool((few < len(candidates)).all()):
        hint = "the numbers: are these places within `candidates`, rather than tile numbers?"
    need(not strangers, "tiles from the candidates only", f"{strangers} others", hint)
    hint = (
        "the count: n tiles of each class, not n in all"
        if len(few) == n
        else "the slice that takes the first n"
    )
    if len(few) == n > 1 and len(labels[few].unique()) == 1:
        hint = "the loop: only one class comes back. Are the pieces of all four kept, and joined after it?"
    told = f"{CLASSES * n} tiles, {n} of each class"
    need(len(few) == CLASSES * n, told, f"{len(few)}", hint)
    counts = torch.bincount(labels[few], minlength=CLASSES).tolist()
    hint = "the condition on the labels, class by class"
    need(counts == [n] * CLASSES, told, f"{counts} of the four classes", hint)
    need(len(few.unique()) == len(few), "each tile once", "a tile twice", "the draw: without putting back")
