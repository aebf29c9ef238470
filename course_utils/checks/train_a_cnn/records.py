"""The record of a run: what it should hold, and what it holds after the usual mistakes."""

from functools import partial
from itertools import chain

import torch

from course_utils.checks._loops import measure, steps
from course_utils.checks._report import need
from course_utils.checks._values import kind_of, need_close

LISTS = ("train_losses", "train_counter", "test_losses", "test_correct", "test_counter")


def reference_run(model, learn, test, rates, interval=2, *, constant=None, data=None):
    """Return the record that `train` should make; with a constant rate or other data if asked."""
    n, (loss, correct) = len(learn.dataset), measure(test, model)
    record = {"train_losses": [], "train_counter": []}
    record |= {"test_losses": [loss], "test_correct": [correct], "test_counter": [0]}
    for epoch, rate in enumerate(rates):
        sgd = partial(torch.optim.SGD, lr=constant or rate)
        losses, model = steps(model, data or learn, sgd)
        ends = [min(8 * (i + 1), n) + epoch * n for i in range(len(losses))]
        record["train_losses"] += losses[interval - 1 :: interval]
        record["train_counter"] += ends[interval - 1 :: interval]
        loss, correct = measure(test, model)
        record["test_losses"].append(loss)
        record["test_correct"].append(correct)
        record["test_counter"].append((epoch + 1) * n)
    return record


def need_record(record, wanted, run):
    """Raise unless every list is right; ``run`` makes the record, from model, loaders and rates."""
    _, learn, test, rates = run.args
    missing = [name for name in LISTS if name not in record]
    hint = "the first lines of the function, which are given"
    need(not missing, f"the lists {', '.join(LISTS)}", f"a record without {', '.join(missing)}", hint)
    for name in LISTS:
        need_list(name, record[name], wanted[name], len(rates))
    for name in ("train_losses", "test_losses", "test_correct"):
        hints = chain(
            wrong_lists(name, wanted, len(test.dataset)), wrong_runs(name, run)
        )  # made when asked for
        need_close(
            record[name],
            wanted[name],
            name,
            mistakes=hints,
            hint="the optimiser, SGD with nothing but that epoch's rate, for the model that is given; "
            "and the order: train an epoch, then test it",
        )
    need_counters(record, wanted, learn, test)


def need_counters(record, wanted, learn, test):
    """Raise unless the samples seen are right after each interval and after each epoch."""
    n, epochs = len(learn.dataset), range(len(wanted["test_counter"]) - 1)
    per = len(wanted["train_counter"]) // len(epochs)
    same = [c % n for c in wanted["train_counter"][:per]] * len(epochs)
    told = "the last argument of train_one_epoch: the number of the epoch, and the first one is 0"
    hints = [(told, same), (told, [c + n for c in wanted["train_counter"]])]
    hint = "the second result of train_one_epoch, and its last argument"
    need_close(record["train_counter"], wanted["train_counter"], "train_counter", mistakes=hints, hint=hint)
    steps_of = {
        "it counts the test samples": len(test.dataset),
        "it counts batches, not samples": len(learn),
        "by the length of the data, not by a fixed number": 60_000,
    }
    hints = [(f"test_counter: {told}", [0, *((e + 1) * m for e in epochs)]) for told, m in steps_of.items()]
    hints += [
        ("test_counter: it is one epoch behind", [0, *(e * n for e in epochs)]),
        ("test_counter: it counts one epoch too many", [0, *((e + 2) * n for e in epochs)]),
    ]
    hint = "test_counter: the samples of all epochs so far, by the table of the text"
    need_close(record["test_counter"], wanted["test_counter"], "test_counter", mistakes=hints, hint=hint)


def need_list(name, found, right, epochs):
    """Raise unless a list of the record is flat and as long as it should be."""
    hint = "what is added to it: `append` takes one number, `+=` a list"
    need(isinstance(found, list), f"{name} as a list", kind_of(found), hint)
    nested = any(isinstance(value, (list, tuple)) for value in found)
    hint = "`append`, which puts a list into the list; adding the list keeps it flat"
    need(not nested, f"plain numbers in {name}", "lists within the list", hint)
    hint = (
        "the loop: once for each learning rate, its results added to all five lists, not put in place of what "
        "was there, and the `return` after it"
    )
    need(
        len(found) == len(right),
        f"{len(right)} numbers in {name} after {epochs} epochs",
        str(len(found)),
        hint,
    )


def wrong_lists(name, wanted, n):
    """Yield (hint, list) for results that went into the wrong list, or went there changed."""
    other = {"train_losses": "train_counter", "test_losses": "test_correct", "test_correct": "test_losses"}[
        name
    ]
    first = wanted[name][: name.startswith("test")]
    told = "the two results: they are exchanged. Which comes first in the last line of the function that gives them?"
    yield told, [*first, *wanted[other][len(first) :]]
    if name.startswith("test"):
        yield "the test: its results are those from before the first step", first * len(wanted[name])
    for factor in (1, 100) if name == "test_correct" else ():
        told = "the count: what test_one_epoch returns as it is, neither a fraction nor a percentage"
        yield told, [*first, *(factor * value / n for value in wanted[name][len(first) :])]


def wrong_runs(name, run):
    """Yield (hint, list) for the usual mistakes of the loop over epochs."""
    _, _, test, rates = run.args
    yield "the learning rate: it is the first one in all epochs", run(constant=rates[0])[name]
    yield "the learning rate: it is the last one in all epochs", run(constant=rates[-1])[name]
    yield "the loader for training: this is training on the test set", run(data=test)[name]
    if name.startswith("test"):
        elsewhere = run.func(*judged_on(run))[name]
        yield "the loader for testing: this one has the training digits", [*run()[name][:1], *elsewhere[1:]]
    yield "the model: it is tested before it is trained", [*run()[name][:1], *run()[name][:-1]]


def judged_on(run):
    """Return the arguments of a run that is tested on what it was trained on."""
    model, learn, _, rates = run.args
    return model, learn, learn, rates


def need_slow_run(slow):
    """Raise unless the long run has its ten epochs and ends where right solutions end."""
    hint = "the cell with the long run: has it been run, and does `train` return the record?"
    need(isinstance(slow, dict), "slow, the record of the run", kind_of(slow), hint)
    lengths = [len(slow[name]) for name in LISTS]
    hint = "your last edit of `train`, and whether the cell with the long run was run after it"
    need(lengths == [90, 90, 11, 11, 11], "9 training records an epoch, and 11 tests", f"{lengths}", hint)
    need(
        slow["test_counter"][-1] == 600_000, "600,000 samples at the end", f"{slow['test_counter'][-1]}", hint
    )
    need(abs(slow["test_losses"][0] - 2.303) < 0.05, "a first test loss near ln 10", f"{slow['test_losses'][0]:.3f}",
         "the network at the start: is it a fresh one? Run that cell again from its first line")  # fmt: skip
    right = slow["test_correct"][-1]
    hint = "the checks of exercises 1 to 4: all content? Then seed, learning rate and number of epochs of the run"
    need(8900 < right < 9350, "about 9,150 right after ten epochs at 0.001", f"{right}", hint)
