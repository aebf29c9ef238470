"""Exercise 6: the search for a learning rate."""

from random import randint, uniform

import torch
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._loops import measure, plain, steps, tiny_loader
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
    """Check the score of two learning rates on random images, then the six scores of the search."""
    answer, seed = Answer("score", score), randint(1, 9999)
    for rate in (uniform(0.02, 0.08), uniform(0.2, 0.3)):
        shown, scores_of = stand_ins(rate, seed)
        with names_replaced(score, **shown):
            found = need_one(answer(rate))
            again = [answer(rate), answer(rate)]  # twice: a trained network may get as many right of so few
            hint = "the network: is it a fresh one in every call, made after the seed is set?"
            same = all(abs(score - found) < 1e-9 for score in again)
            need(same, "the same score twice for one rate", "two scores", hint)
            need_fraction(found, *scores_of)
    need_search(rates, scores)
    return "one epoch from the same start, judged on held-out digits; the six scores have a summit between"


def stand_ins(rate, seed):
    """Return small replacements for the notebook's names, and the right score with those of usual mistakes.

    All these scores differ, so that each mistake can be told by its score.
    """
    sizes = {"small": (64, 8), "held_out": (450, 200), "test_loader": (350, 200), "train_loader": (80, 8)}
    shown, scores = {}, [("", 0.0)] * 2
    while len({score for _, score in scores}) < len(scores):
        shown = {name: tiny_loader(*size) for name, size in sizes.items()}
        scores = fractions(rate, seed, **{name: plain(loader) for name, loader in shown.items()})
    data = {"train_data": shown["train_loader"].dataset, "test_data": shown["test_loader"].dataset}
    return shown | data | {"CNN": Tiny, "device": "cpu", "seed": seed}, scores


def need_one(found):
    """Raise unless a score is one number; return it."""
    hint = "what is returned: `test_one_epoch` gives two things, and the fraction needs one of them"
    need(not isinstance(found, (tuple, list, dict)), "one number", kind_of(found), hint)
    return found


def need_fraction(found, right, *mistakes):
    """Raise unless a score is the right fraction; counts and other data are recognised."""
    hint = "the steps, one by one: the network, SGD with nothing but the rate that is given, the training, the test"
    need_close(
        found, right[1], "the fraction of held-out digits that are right", mistakes=mistakes, hint=hint
    )


def fractions(rate, seed, *, small, held_out, test_loader, train_loader):
    """Return (hint, value) of the right score, and then of the usual mistakes; the data are lists of batches."""
    start, *trained = trainings(rate, seed, small, train_loader, [*small, *small], held_out)
    model, longer, twice, looked = trained
    (loss, count), overall, n = measure(held_out, model), measure(test_loader, longer)[1], 450
    return [
        ("", count / n),
        ("the unit: this is a number of digits, not a fraction of them", count),
        ("the unit: this is a percentage", 100 * count / n),
        *(("which of the two results is used: this is made of the loss", value) for value in (loss, loss / n)),
        ("the count: this is the fraction of the wrong ones", 1 - count / n),
        ("the training: one epoch, not two", measure(held_out, twice)[1] / n),
        ("the data for training: `small`, the 9,600 digits, not all of them",
         measure(held_out, longer)[1] / n),
        *(("the data: `train` learns from all digits and is judged on the test set, which must not choose", overall / m)
          for m in (350, n)),
        ("the data for training: these digits are held out, to judge on", measure(held_out, looked)[1] / n),
        ("the data for judging: a choice made on the test set spoils the test", measure(test_loader, model)[1] / 350),
        ("the data for judging: these are the digits it was trained on", measure(small, model)[1] / 64),
        *(("the division: by the number of held-out digits, not by that of others", count / m) for m in (64, 80, 350)),
        ("the count, which is 0 here: is the check of Exercise 3 content, and is the division `/`, not `//`?", 0),
        ("the division: by the number of digits that there are, not by a fixed one", count / 5000),
        ("the division: by the number of batches", count / 3),
        ("the training: this is the score of an untrained network. Is it this model that learns, and at this rate?",
         measure(held_out, start)[1] / n),
    ]  # fmt: skip


def trainings(rate, seed, *batches):
    """Return a fresh network, and copies of it after training on each of these lists of batches."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        start = Tiny()
    return start, *(steps(start, part, lambda p: torch.optim.SGD(p, lr=rate))[1] for part in batches)


def need_search(rates, scores):
    """Raise unless the scores of the search have the shape that the text describes."""
    need(
        isinstance(scores, (list, tuple)) and len(scores) == len(rates),
        "a score for each rate",
        kind_of(scores),
        "the cell that runs the search: run it again",
    )
    found = dict(zip(rates, map(float, scores), strict=True))
    told = f"{ {rate: round(value, 2) for rate, value in found.items()} }"
    hint = "the search: run it again. It uses your network, your training and your test: are their checks content?"
    need(found[0.001] < 0.3 and found[1] < 0.5, "little at 0.001 and at 1", told, hint)
    need(max(found[0.1], found[0.3]) > 0.9, "above 0.9 at 0.1 or 0.3", told, hint)
