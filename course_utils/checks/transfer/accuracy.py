"""Exercise 3: a small classifier on top of a few labelled examples."""

from random import randint, sample

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._networks import end_hint
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced, notebook
from course_utils.checks._values import kind_of, need_number
from course_utils.training import fit

CLASSES = 4


@exercise(3)
def check_few_shot_accuracy(few_shot_accuracy):
    """Check the accuracy on tasks with known answers, in an order that is drawn anew."""
    names, answer = notebook(few_shot_accuracy), Answer("few_shot_accuracy", few_shot_accuracy)
    train, test, labels = (names[name] for name in ("train", "test", "labels"))
    drawn, n = [], randint(6, 8)

    def draw_few(candidates, n, seed):
        drawn.append((candidates, n, seed))
        order = candidates[torch.randperm(len(candidates), generator=torch.Generator().manual_seed(seed))]
        return torch.cat([order[labels[order] == k][:n] for k in range(CLASSES)])

    with names_replaced(few_shot_accuracy, draw_few=draw_few, fit=fit_to_logits):
        noise = torch.randn(len(labels), 80)
        known = tasks(noise, labels, train, test)
        found = [0.0] * len(known)
        for i in sample(range(len(known)), len(known)):  # so that nobody can know what comes next
            values, judged = known[i][:2]
            found[i] = fraction(answer(values.clone(), n, randint(1, 999), judged.clone()))
        need_calls(drawn, n, train)
        for value, (*_, low, high, hint) in zip(found, known, strict=True):
            told = (
                "about 1/4 on noise"
                if low > 0 and high < 1
                else f"{low} to {high} on a task with a known answer"
            )
            need(low <= value <= high, told, f"{value:.2f}", hint)
        need_repeatable(answer, noise, n, test)
    return "a label among the values is found on any scale, and noise stays noise"


def fit_to_logits(model, *data, **settings):
    """Train as the course's `fit` does, unless the classifier ends with what belongs to the loss."""
    hint = end_hint(model)
    need(not hint, "a classifier that gives logits", kind_of(model), hint)
    return fit(model, *data, **settings)


def fraction(value):
    """Return an accuracy as a plain fraction; raise if it is something else."""
    number = value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value
    need_number(number, "the accuracy")
    need(
        0 <= number <= 1,
        "a fraction from 0 to 1",
        f"{number:g}",
        "the unit: not percent, not a count, not a loss",
    )
    return float(number)


def need_repeatable(answer, noise, n, test):
    """Raise if a seed gives two accuracies, wherever the notebook's own generator stands."""
    seed, found = randint(1, 999), []
    for start in range(3):
        torch.default_generator.manual_seed(start)
        found.append(fraction(answer(noise.clone(), n, seed, test.clone())))
    hint = "the classifier's start: the seed comes right before it is built"
    told = ", ".join(f"{value:.3f}" for value in found)
    need(len(set(found)) == 1, "the same accuracy for the same seed", told, hint)


def need_calls(drawn, n, train):
    """Raise unless draw_few was asked for n training tiles; whoever draws on their own is not asked."""
    for candidates, count, _ in drawn:
        hint = "the candidates: draw from `train`, or test tiles are trained on"
        same = isinstance(candidates, torch.Tensor) and set(candidates.tolist()) == set(train.tolist())
        need(same, "a draw from the training tiles", kind_of(candidates), hint)
        need(count == n, f"{n} tiles a class", f"{count}", "the second argument of draw_few")
    seeds = {seed for *_, seed in drawn}
    hint = "the last argument of draw_few"
    need(not drawn or len(seeds) > 1, "another draw for another seed", "always the same", hint)


def tasks(noise, labels, train, test):
    """Return tasks as values, tiles to judge on, the range of the right accuracy, a hint."""
    easy = torch.cat([0.5 * noise[:, :4], 6 * F.one_hot(labels, CLASSES)], dim=1)
    elsewhere, odd, swapped = torch.ones(len(labels), dtype=torch.bool), easy.clone(), easy.clone()
    elsewhere[train] = elsewhere[test] = False
    odd[elsewhere] = 1e12 * torch.randn(int(elsewhere.sum()), odd.shape[1])
    judged = test[labels[test] == 0]
    swapped[judged, -CLASSES:] = 6 * F.one_hot(torch.ones(len(judged), dtype=torch.int64), CLASSES).float()
    leak = "what is trained on: are the tiles that you judge on among them? That is training on the test set"
    scale = (
        "the common scale: with the training rows, subtract the mean and divide by the standard deviation; "
    )
    scale += "the scaled values are those to train on and to judge on"
    hint = "the classifier: what is it trained on, and for how long?"
    found = [
        (noise, test, 0.1, 0.45, leak),
        (noise.flip(0), test, 0.1, 0.45, leak),
        (easy, test, 0.9, 1, hint),
    ]
    found.append((swapped, judged, 0, 0.2, "the tiles to judge on: those that the function is given"))
    found += [(300 * easy + 3e5, test, 0.9, 1, scale), (1e-10 * easy, test, 0.9, 1, scale)]
    found.append(
        (odd, test, 0.9, 1, "the common scale: mean and deviation of the `train` rows alone, not of all")
    )
    return found
