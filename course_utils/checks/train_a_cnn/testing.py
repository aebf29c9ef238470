"""Exercise 3: the test."""

from random import randint

import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._loops import measure, plain, tiny_loader
from course_utils.checks._networks import Spy
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import twin
from course_utils.checks._values import close, need_close, need_tuple
from course_utils.checks.train_a_cnn.loops import need_moved


@exercise(3)
def check_test_one_epoch(test_one_epoch):
    """Check the loop of the test on random images: the mean loss, the count, evaluation mode."""
    model, counts = Spy(), [0]
    while 0 in counts or len(set(counts)) < len(counts):  # until the usual mistakes make a difference
        size = randint(10, 15)
        loader = tiny_loader(3 * size + randint(4, 8), size)
        counts = right_counts(model, loader)
    model.modes.clear()
    before = twin(model)
    answer = Answer("test_one_epoch", test_one_epoch)
    found, correct = need_tuple(answer(loader, model, "cpu"), ("mean loss", "number right"))
    need(model.modes, "the model to be given the batches", "it was never called", "the loop, and its `model`")
    moved = not all(map(close, model.parameters(), before.parameters()))
    need(
        not moved,
        "the same parameters as before",
        "changed ones",
        "step and backward: no training on the test set",
    )
    need_moved("linear", "flatten")
    need(not any(model.modes), "the model in evaluation mode", "training mode", "the line before the loop")
    need_measures(found, correct, before, loader)
    return "mean loss per sample and count agree with a second computation, the small last batch included"


def right_counts(model, loader):
    """Return how many samples are right, of the last and of the first batch, how many wrong, or by argmin."""
    parts = [(model(x).detach(), y) for x, y in plain(loader)]
    own = [int((z.argmax(1) == y).sum()) for z, y in parts]
    low = sum(int((z.argmin(1) == y).sum()) for z, y in parts)
    return [sum(own), own[-1], own[0], len(loader.dataset) - sum(own), low]


def need_measures(found, correct, model, loader):
    """Raise unless loss and count are right; means of means and fractions are recognised."""
    loss, count = measure(loader, model)
    parts = [(model(x).detach(), y) for x, y in plain(loader)]
    hints = wrong_counts(parts, count, *right_counts(model, loader)[1:])
    need_close(correct, count, "the number of samples that are right", mistakes=hints,
               hint="what is added to `correct`: argmax over the classes, compared with the labels")  # fmt: skip
    hints = wrong_losses(parts, loss)
    need_close(found, loss, "the mean loss per sample", mistakes=hints, hint="what is added to `total`")


def wrong_counts(parts, count, *others):
    """Yield (hint, count) for the usual mistakes."""
    last, first, wrong, low = others
    yield "the count: this is a fraction, not a number of samples", count / sum(len(y) for _, y in parts)
    yield "the count: this is that of the last batch only", last
    yield "the loop: it ends after the first batch. Is the `return` in it?", first
    added = sum((z.argmax(1) == y).float().mean().item() for z, y in parts)
    yield "the count: fractions of the batches are added up", added
    yield "the largest logit: this takes the smallest one", low
    yield "the comparison: this counts the wrong ones", wrong


def wrong_losses(parts, loss):
    """Yield (hint, loss) for the usual mistakes."""
    n, means = sum(len(y) for _, y in parts), [F.cross_entropy(z, y).item() for z, y in parts]
    yield (
        "`reduction`: means of batches are added up, and then divided by the number of samples",
        sum(means) / n,
    )
    told = "`reduction`: this is a mean of means, in which the small last batch counts too much"
    yield told, sum(means) / len(means)
    yield "the sum: this is the loss of the last batch only", means[-1] * len(parts[-1][1]) / n
    twice = sum(F.cross_entropy(z.softmax(1), y, reduction="sum").item() for z, y in parts) / n
    yield "the loss: a softmax before it comes twice", twice
    yield "the division: by the number of samples, not of batches", loss * n / len(parts)
    yield "the division by the number of samples: it is in the last line already, or missing", loss * n
