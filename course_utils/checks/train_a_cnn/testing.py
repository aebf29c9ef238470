"""Exercise 3: the test."""

from random import randint

import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._loops import Computed, measure, plain, tiny_loader
from course_utils.checks._networks import Spy
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import notebook, twin
from course_utils.checks._values import close, need_close, need_no_record, need_tuple
from course_utils.checks.train_a_cnn.loops import MODE, need_moved


class OnDevice(Spy):
    """A classifier whose outputs are as on a GPU: labels that have not been moved cannot meet them."""

    def forward(self, x):
        """Return the logits."""
        return super().forward(x).as_subclass(Computed)


@exercise(3)
def check_test_one_epoch(test_one_epoch):
    """Check the loop of the test on random images: the mean loss, the count, evaluation mode."""
    for _ in range(3):  # a wrong count may be that of the right ones by chance
        need_test(Answer("test_one_epoch", test_one_epoch), notebook(test_one_epoch).get("batch_size"))
    return "mean loss per sample and count agree with a second computation, the small last batch included"


def need_test(answer, batch_size):
    """Raise unless the loop of the test is right for a new model and new images."""
    model, counts = OnDevice(), [0]
    while 0 in counts or len(set(counts)) < len(counts):  # until the usual mistakes make a difference
        size = randint(10, 15)
        loader = tiny_loader(3 * size + randint(4, 8), size)
        counts = right_counts(model, loader)
    model.modes.clear()
    before = twin(model)
    found, correct = need_tuple(answer(loader, model, "cpu"), ("mean loss", "number right"))
    need(model.modes, "the model to be given the batches", "it was never called", "the loop, and its `model`")
    moved = not all(map(close, model.parameters(), before.parameters()))
    need(
        not moved,
        "the same parameters as before",
        "changed ones",
        "step and backward: no training on the test set",
    )
    need_moved("linear", "flatten", "outputs")
    need(not any(model.modes), "the model in evaluation mode", "training mode", MODE)
    need_no_record(found, "the mean loss")
    need_measures(found, correct, before, loader, batch_size)


def right_counts(model, loader):
    """Return how many samples are right, of the last and of the first batch, how many wrong, or by argmin."""
    parts = [(model(x).detach(), y) for x, y in plain(loader)]
    own = [int((z.argmax(1) == y).sum()) for z, y in parts]
    low = sum(int((z.argmin(1) == y).sum()) for z, y in parts)
    return [sum(own), own[-1], own[0], len(loader.dataset) - sum(own), low]


def need_measures(found, correct, model, loader, batch_size):
    """Raise unless loss and count are right; means of means and fractions are recognised."""
    loss, count = measure(loader, model)
    parts = [(model(x).detach(), y) for x, y in plain(loader)]
    hints = [*wrong_counts(parts, count, *right_counts(model, loader)[1:])]
    hints += [("the order of the results: the mean loss comes first, then the count", loss)]
    need_close(correct, count, "the number of samples that are right", mistakes=hints,
               hint="what is added to `correct`: argmax over the classes, compared with the labels")  # fmt: skip
    hints = wrong_losses(parts, loss, {loader.batch_size, batch_size or 64, 1000})
    need_close(found, loss, "the mean loss per sample", mistakes=hints, hint="what is added to `total`")


def wrong_counts(parts, count, *others):
    """Yield (hint, count) for the usual mistakes."""
    last, first, wrong, low = others
    n = sum(len(y) for _, y in parts)
    yield "the count: this is a fraction, not a number of samples", count / n
    yield "the count: this is a percentage, not a number of samples", 100 * count / n
    yield "the count: it is the number of all samples, right or not", n
    yield (
        "the comparison: nothing is counted. Is it the place of the largest logit, not its value, that is "
        "compared with the label, for each example?",
        0,
    )
    crossed = sum(int((z.argmax(1)[:, None] == y).sum()) for z, y in parts)
    yield "the comparison: each example with every label. Is there an axis too many (`keepdim`)?", crossed
    yield "the count: this is that of the last batch only", last
    yield "the loop: it ends after the first batch. Is the `return` in it?", first
    added = sum((z.argmax(1) == y).float().mean().item() for z, y in parts)
    yield "the count: fractions of the batches are added up", added
    yield "the largest logit: this takes the smallest one", low
    yield "the comparison: this counts the wrong ones", wrong


def wrong_losses(parts, loss, sizes):
    """Yield (hint, loss) for the usual mistakes."""
    n, means = sum(len(y) for _, y in parts), [F.cross_entropy(z, y).item() for z, y in parts]
    yield (
        "`reduction`: means of batches are added up, and then divided by the number of samples",
        sum(means) / n,
    )
    for size in sizes:
        told = "`reduction`: means of batches, each times one fixed size; the last batch is smaller than that"
        yield told, sum(means) * size / n
    yield "the division by the number of samples: it is in the last line already", loss / n
    told = "`reduction`: this is a mean of means, in which the small last batch counts too much"
    yield told, sum(means) / len(means)
    yield "the sum: this is the loss of the last batch only", means[-1] * len(parts[-1][1]) / n
    twice = sum(F.cross_entropy(z.softmax(1), y, reduction="sum").item() for z, y in parts) / n
    yield "the loss: a softmax before it comes twice", twice
    other = sum(F.nll_loss(z, y, reduction="sum").item() for z, y in parts) / n
    yield "the loss: nll_loss takes logarithms of probabilities, not logits", other
    yield "the division: by the number of samples, not of batches", loss * n / len(parts)
    yield "the division by the number of samples: it is in the last line already, or missing", loss * n
