"""Exercise 6: the search for a learning rate."""

from random import randint, uniform

import torch
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._loops import measure, steps, tiny_loader
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced
from course_utils.checks._values import kind_of, need_close


class Tiny(nn.Module):
    """A linear classifier of small images under the name of the student's network."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(16, 3)

    def forward(self, x):
        """Return the logits."""
        return self.linear(x.flatten(1))


@exercise(6)
def check_score(score, rates, scores):
    """Check the score of a learning rate on random images, then the six scores of the search."""
    answer, rate, seed = Answer("score", score), uniform(0.02, 0.12), randint(1, 9999)
    shown = stand_ins(rate, seed)
    with names_replaced(score, **shown):
        found = answer(rate)
        again = [answer(rate) for _ in range(4)]  # of so few digits, a trained network may get as many right
        need(all(abs(score - found) < 1e-9 for score in again), "the same score twice for one rate", "two scores",
             "the network: is it a fresh one in every call, made after the seed is set?")  # fmt: skip
        need_fraction(found, rate, shown)
    need_search(rates, scores)
    return "one epoch from the same start, judged on held-out digits; the six scores have a summit between"


def stand_ins(rate, seed):
    """Return small replacements for the notebook's names, for which the usual mistakes make a difference."""
    sizes = {"small": (64, 8), "held_out": (450, 200), "test_loader": (350, 200), "train_loader": (80, 8)}
    shown, scores = {}, [0.0] * 2
    while len(set(scores)) < len(scores):
        shown = {name: tiny_loader(*size) for name, size in sizes.items()} | {"seed": seed}
        scores = [score for _, score in fractions(rate, shown)]
    data = {"train_data": shown["train_loader"].dataset, "test_data": shown["test_loader"].dataset}
    return shown | data | {"CNN": Tiny, "device": "cpu"}


def need_fraction(found, rate, shown):
    """Raise unless a score is the right fraction; counts and other data are recognised."""
    hint = "the learning rate: is it the one that `score` is given?"
    (_, right), *mistakes = fractions(rate, shown)
    need_close(found, right, "the fraction of held-out digits that are right", mistakes=mistakes, hint=hint)


def fractions(rate, shown):
    """Return (hint, value) of the right score, and then of the usual mistakes."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(shown["seed"])
        start = Tiny()
    _, model = steps(start, shown["small"], lambda p: torch.optim.SGD(p, lr=rate))
    _, longer = steps(start, shown["train_loader"], lambda p: torch.optim.SGD(p, lr=rate))
    right = {name: measure(shown[name], model)[1] for name in ("held_out", "test_loader", "small")}
    _, looked = steps(start, shown["held_out"], lambda p: torch.optim.SGD(p, lr=rate))
    count, n = right["held_out"], 450
    return [
        ("", count / n),
        ("the unit: this is a number of digits, not a fraction of them", count),
        ("the unit: this is a percentage", 100 * count / n),
        ("which of the two results is used: this is the loss", measure(shown["held_out"], model)[0]),
        ("the data for training: `small`, the 9,600 digits, not all of them",
         measure(shown["held_out"], longer)[1] / n),
        ("the data: `train` learns from all digits and is judged on the test set, which must not choose",
         measure(shown["test_loader"], longer)[1] / 350),
        ("the data for training: these digits are held out, to judge on", measure(shown["held_out"], looked)[1] / n),
        ("the data for judging: a choice made on the test set spoils the test", right["test_loader"] / 350),
        ("the data for judging: these are the digits it was trained on", right["small"] / 64),
        ("the division: by the number of held-out digits, not by that of others", count / 64),
        ("the division: by the number of digits that there are, not by a fixed one", count / 5000),
        ("the division: by the number of batches", count / 3),
        ("the training: this is the score of an untrained network. Is it this model that learns, and at this rate?",
         measure(shown["held_out"], start)[1] / n),
    ]  # fmt: skip


def need_search(rates, scores):
    """Raise unless the scores of the search have the shape that the text describes."""
    need(
        isinstance(scores, (list, tuple)) and len(scores) == len(rates),
        "a score for each rate",
        kind_of(scores),
        "the cell that runs the search: run it again",
    )
    found = dict(zip(rates, map(float, scores), strict=True))
    told, hint = f"{ {rate: round(value, 2) for rate, value in found.items()} }", "run the search again"
    need(found[0.001] < 0.3 and found[1] < 0.5, "little at 0.001 and at 1", told, hint)
    need(max(found[0.1], found[0.3]) > 0.9, "above 0.9 at 0.1 or 0.3", told, hint)
