"""Exercises 2 to 4: one epoch of training, the test, and the loop over epochs."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._loops import FromLoader, losses_by_mistake, measure, plain, steps, tiny_loader
from course_utils.checks._networks import Spy
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import twin
from course_utils.checks._values import close, need_close, need_tuple
from course_utils.checks.train_a_cnn.records import need_counter


@exercise(2)
def check_train_one_epoch(train_one_epoch):
    """Check one epoch of training on random images: the counter, the losses, the steps."""
    interval, epoch, size = randint(3, 4), randint(1, 3), 8
    batches = 3 * interval  # so that the last one, which is small, is recorded
    loader, model = tiny_loader(size * (batches - 1) + randint(1, 6), size), Spy().eval()
    start = twin(model)

    def sgd(parameters):
        return torch.optim.SGD(parameters, lr=0.3, momentum=0.9)

    answer = Answer("train_one_epoch", train_one_epoch)
    result = answer(loader, model, "cpu", sgd(model.parameters()), interval, epoch)
    losses, counter = need_tuple(result, ("losses", "counter"))
    need_training_mode(model)
    need_moved("linear", "flatten", "cross_entropy", "nll_loss")
    need_counter(counter, interval, epoch, loader)
    need_plain(losses)
    right, trained = steps(start, loader, sgd)
    need_losses(losses, right, interval, losses_by_mistake(start, loader, sgd))
    same = all(map(close, model.parameters(), trained.parameters()))
    need(
        same,
        "the parameters to have moved by one step for each batch",
        hint="the last batch: is it left out?",
    )
    return "losses, counter and steps agree with those of a second loop on random images"


def need_training_mode(model):
    """Raise unless the model was used, and in training mode."""
    need(model.modes, "the model to be given the batches", "it was never called", "the loop, and its `model`")
    need(all(model.modes), "the model in training mode", "evaluation mode", "the line before the loop")


def need_moved(*functions):
    """Raise if a batch reached one of these functions as it came from the loader."""
    hint = "`.to(device)`, for the images and for the labels: on a GPU this would stop"
    met = FromLoader.unmoved & set(functions)
    need(not met, "each batch on the device of the model", "a batch as it came from the loader", hint)


def need_plain(losses):
    """Raise if a recorded loss still holds on to its forward pass."""
    recorded = any(getattr(loss, "requires_grad", False) for loss in losses)
    need(
        not recorded, "losses as plain numbers", "tensors with a gradient record", "`item`, where you append"
    )


def need_losses(losses, right, interval, wrong):
    """Raise unless the recorded losses are right; the usual mistakes are recognised."""
    parts = [right[i : i + interval] for i in range(0, len(right), interval)]
    elsewhere = [
        ("which loss is recorded: the first of every interval, not the last", right[::interval]),
        ("which loss is recorded: this is the mean over the interval", [sum(p) / len(p) for p in parts]),
        ("which loss is recorded: this is the sum over the interval", [sum(p) for p in parts]),
    ]
    need_close(
        losses,
        right[interval - 1 :: interval],
        "the recorded losses",
        mistakes=[*((hint, value[interval - 1 :: interval]) for hint, value in wrong), *elsewhere],
        hint="the four lines of the loop (forward, backward, step, zero_grad) and the optimizer: "
        "it is the one that the function is given",
    )


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
    """Return how many samples are right, how many of the last batch, how many wrong, how many by argmin."""
    parts = [(model(x).detach(), y) for x, y in plain(loader)]
    own = [int((z.argmax(1) == y).sum()) for z, y in parts]
    low = sum(int((z.argmin(1) == y).sum()) for z, y in parts)
    return [sum(own), own[-1], len(loader.dataset) - sum(own), low]


def need_measures(found, correct, model, loader):
    """Raise unless loss and count are right; means of means and fractions are recognised."""
    loss, count = measure(loader, model)
    n, parts = len(loader.dataset), [(model(x).detach(), y) for x, y in plain(loader)]
    means = [F.cross_entropy(z, y).item() for z, y in parts]
    _, last, wrong, low = right_counts(model, loader)
    hints = [
        ("the count: this is a fraction, not a number of samples", count / n),
        ("the count: this is that of the last batch only", last),
        ("the largest logit: this takes the smallest one", low),
        ("the comparison: this counts the wrong ones", wrong),
    ]
    need_close(
        correct, count, "the number of samples that are right", mistakes=hints, hint="argmax over the classes"
    )
    hints = [
        (
            "`reduction`: means of batches are added up, and then divided by the number of samples",
            sum(means) / n,
        ),
        (
            "`reduction`: this is a mean of means, in which the small last batch counts too much",
            sum(means) / len(means),
        ),
        ("the sum: this is the loss of the last batch only", means[-1] * len(parts[-1][1]) / n),
        ("the division by the number of samples: it is in the last line already, or missing", loss * n),
    ]
    need_close(found, loss, "the mean loss per sample", mistakes=hints, hint="what is added to `total`")
