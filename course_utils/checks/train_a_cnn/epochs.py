"""Exercise 4: the loop over epochs."""

from functools import partial
from random import randint

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from course_utils.checks._answers import Answer
from course_utils.checks._loops import measure, plain, tiny_loader
from course_utils.checks._networks import Spy
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced, twin
from course_utils.checks._values import kind_of
from course_utils.checks.train_a_cnn.records import need_record, reference_run


@exercise(4)
def check_train(train):
    """Check the loop over epochs on random images."""
    rates = [0.5, 0.3, 0.05][: randint(2, 3)]
    model, learn, test = Spy(), tiny_loader(35, 8), tiny_loader(23, 5)  # five batches each
    run = partial(reference_run, twin(model), learn, test, rates)
    wanted = run()
    answer = Answer("train", train)
    with names_replaced(train, **stand_ins(learn, test, interval=2)):
        record = answer(model, rates, 2)
    hint = "the last line, which is given: is it still there, at its place after the loop?"
    need(isinstance(record, dict), "the record, a dictionary", kind_of(record), hint)
    need_record(record, wanted, run)
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    need(
        len(lines) >= len(rates),
        "a printed line for each epoch",
        f"{len(lines)} lines for {len(rates)} epochs",
        "print, within the loop",
    )
    return "the record of a small run agrees with a second loop, list by list"


def stand_ins(learn, test, interval):
    """Return small replacements for the names of the notebook that `train` uses."""

    def train_one_epoch(train_loader, model, device, optimizer, log_interval, epoch):
        right = isinstance(optimizer, torch.optim.Optimizer) and device == "cpu" and log_interval == interval
        need_arguments("train_one_epoch", right and isinstance(train_loader, DataLoader))
        losses, seen = [], []
        model.train()
        for x, y in plain(train_loader):
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            seen.append((seen or [epoch * len(train_loader.dataset)])[-1] + len(x))
        return losses[log_interval - 1 :: log_interval], seen[log_interval - 1 :: log_interval]

    def test_one_epoch(test_loader, model, device):
        right = isinstance(model, torch.nn.Module) and isinstance(test_loader, DataLoader)
        need_arguments("test_one_epoch", right)
        return measure(test_loader, model)

    for function in (train_one_epoch, test_one_epoch):
        function.__qualname__ = function.__name__  # as a message about their arguments will name them
    return {
        "train_loader": learn,
        "test_loader": test,
        "train_data": learn.dataset,
        "test_data": test.dataset,
        "device": "cpu",
        "train_one_epoch": train_one_epoch,
        "test_one_epoch": test_one_epoch,
    }


def need_arguments(name, right):
    """Raise unless a function of the notebook is called as it was defined."""
    hint = (
        "the arguments: are they in the order of the function's first line? `log_interval` is the one of `train`, "
        "and data comes in a loader"
    )
    need(right, f"a call of {name} with the arguments that it asks for", "others, or in another order", hint)
