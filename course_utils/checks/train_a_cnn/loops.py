"""Exercise 2: one epoch of training."""

from functools import partial
from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._loops import FromLoader, losses_by_mistake, steps, tiny_loader
from course_utils.checks._networks import Spy
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import notebook, twin
from course_utils.checks._values import close, kind_of, need_close, need_tuple
from course_utils.checks.train_a_cnn.counting import need_counter

LOSSES = {
    "the loss: nll_loss takes logarithms of probabilities, not logits": F.nll_loss,
    "the loss: the sum over the batch, where the mean is asked for": partial(
        F.cross_entropy, reduction="sum"
    ),
}
MODE = "the line before the loop, which sets the mode: is it there, and are its brackets?"


@exercise(2)
def check_train_one_epoch(train_one_epoch):
    """Check one epoch of training on random images: the counter, the losses, the steps."""
    interval, epoch, size = randint(3, 4), randint(2, 3), 8
    batches = 3 * interval  # so that the last one, which is small, is recorded
    loader, model = tiny_loader(size * (batches - 1) + randint(1, 6), size), Spy().eval()
    start = twin(model)

    def sgd(parameters):
        return torch.optim.SGD(parameters, lr=0.3, momentum=0.9)

    answer = Answer("train_one_epoch", train_one_epoch)
    result = answer(loader, model, "cpu", sgd(model.parameters()), interval, epoch)
    losses, counter = need_tuple(result, ("losses", "counter"))
    need_training_mode(model)
    need_one_pass(model, loader)
    need_moved("linear", "flatten", "cross_entropy", "nll_loss")
    need_plain(losses, counter)
    need_counter(counter, interval, epoch, loader, names=notebook(train_one_epoch))
    right, trained = steps(start, loader, sgd)
    wrong = [*losses_by_mistake(start, loader, sgd)]
    wrong += [(hint, steps(start, loader, sgd, loss_of=loss)[0]) for hint, loss in LOSSES.items()]
    last = [loss * len(images) for loss, (images, _) in zip(right, loader, strict=True)]
    wrong += [("which loss is recorded: it is multiplied by the size of the batch", last)]
    need_losses(losses, right, interval, wrong)
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
    need(all(model.modes), "the model in training mode", "evaluation mode", MODE)


def need_one_pass(model, loader):
    """Raise unless the model was given the batches of one pass through the loader."""
    found, own = model.sizes, [len(images) for images, _ in loader]
    times, hint = len(found) // len(own), None
    if len(found) < len(own):
        hint = f"the loop: it ends after {len(found)} of {len(own)} batches. Is a `return` in it?"
    elif times > 1 and found == own * times:
        hint = (
            "the loop: one pass through the loader is one epoch. `epoch` is its number, not how many to run"
        )
    elif set(found) == {loader.batch_size}:
        hint = (
            "the batches: is it the first one again and again? A new `iter` begins with the first each time"
        )
    told = f"{len(found)} batches, the last with {found[-1]} samples"
    need(hint is None, f"one pass through {len(own)} batches, the last with {own[-1]} samples", told, hint)


def need_moved(*functions):
    """Raise if a batch reached one of these functions as it came from the loader."""
    hint = "`.to(device)`, for the images and for the labels: on a GPU this would stop"
    met = FromLoader.unmoved & set(functions)
    need(not met, "each batch on the device of the model", "a batch as it came from the loader", hint)


def need_plain(losses, counter):
    """Raise unless the losses are a list of numbers, none of which holds on to its forward pass."""
    hint = (
        "the first and the last line, which are given: is `losses` still the list that it was at the start?"
    )
    need(isinstance(losses, (list, tuple)), "losses as a list", kind_of(losses), hint)
    first = [part[0] for part in (losses, counter) if isinstance(part, (list, tuple)) and part]
    swapped = [type(value) for value in first] == [int, float]
    need(
        not swapped,
        "the losses, then the counter",
        "the counter, then the losses",
        "the last line: its order",
    )
    recorded = any(getattr(loss, "requires_grad", False) for loss in losses)
    need(
        not recorded, "losses as plain numbers", "tensors with a gradient record", "`item`, where you append"
    )


def need_losses(losses, right, interval, wrong):
    """Raise unless the recorded losses are right; the usual mistakes are recognised."""
    parts = [right[i : i + interval] for i in range(0, len(right), interval)]
    so_far = [right[: i + interval] for i in range(0, len(right), interval)]
    elsewhere = [
        ("which loss is recorded: the first of every interval, not the last", right[::interval]),
        ("which loss is recorded: this is the mean over the interval", [sum(p) / len(p) for p in parts]),
        ("which loss is recorded: this is the sum over the interval", [sum(p) for p in parts]),
        ("which loss is recorded: this is the mean of all so far", [sum(p) / len(p) for p in so_far]),
        ("which loss is recorded: this adds up all so far", [sum(p) / interval for p in so_far]),
    ]
    need_close(
        losses,
        right[interval - 1 :: interval],
        "the recorded losses",
        mistakes=[*((hint, value[interval - 1 :: interval]) for hint, value in wrong), *elsewhere],
        hint="the four lines of the loop (forward, backward, step, zero_grad), each once for every batch, "
        "and the optimizer: it is the one that the function is given",
    )
