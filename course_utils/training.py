"""Train a model and measure it."""

import os
import time
from math import isfinite

import torch
import torch.nn.functional as F

from course_utils._arguments import check_choice, check_number, describe
from course_utils._batches import as_batches, check_outputs
from course_utils.evaluation import accuracy, evaluate, evaluate_batches
from course_utils.history import History, TrainingDiverged

__all__ = ["History", "TrainingDiverged", "accuracy", "evaluate", "fit", "make_optimizer"]

OPTIMIZERS = ("sgd", "adam", "adamw")


def fit(
    model,
    train,
    validation=None,
    *,
    epochs=1,
    batch_size=64,
    optimizer="sgd",
    lr=0.01,
    momentum=0.0,
    weight_decay=0.0,
    loss=F.cross_entropy,
    shuffle=True,
    seed=None,
    device=None,
    measure="epoch",
    measure_train=False,
    progress=True,
):
    """Train ``model`` in place with minibatch gradient descent and return its `History`.

    Parameters
    ----------
    model : torch.nn.Module
    train, validation : (inputs, targets) or DataLoader
        Inputs float (N, …); targets int64 (N,) for classes, or whatever ``loss`` takes.
    epochs, batch_size : int
        ``batch_size`` and ``shuffle`` are a DataLoader's own business where one is given.
    optimizer : "sgd", "adam", "adamw" or torch.optim.Optimizer
        A name is combined with ``lr``, ``momentum`` (SGD only) and ``weight_decay``.
    loss : callable
        ``loss(outputs, targets)`` gives a scalar; cross-entropy of logits by default.
    seed : int, optional
        Fixes the order of the samples; without it torch's global generator decides.
    device : str or torch.device, optional
        Where to train; by default where the model is.
    measure : "epoch", "step" or int
        When to evaluate on ``validation`` (and on ``train`` with ``measure_train``):
        after every epoch, every step, or every so many steps.
    progress : bool
        Show a bar with loss and accuracy; never on the published page.

    Raises
    ------
    TrainingDiverged
        As soon as the loss is NaN or infinite.
    TypeError, ValueError
        For arguments of the wrong type, shape or range; the message names them.

    Taught in ``lectures/training_and_sgd``.
    """
    check_number("epochs", epochs, low=1, kind=int)
    device = _place(model, device)
    batches = as_batches("train", train, batch_size, shuffle=shuffle, seed=seed, device=device)
    held_out = None if validation is None else as_batches("validation", validation, 1000, device=device)
    opt = make_optimizer(optimizer, model, lr=lr, momentum=momentum, weight_decay=weight_decay)
    every = _measuring_interval(measure, len(batches))
    labels = {"train": batches, "validation": held_out}  # all of them, where they lie in memory
    labels = {name: data.targets for name, data in labels.items() if hasattr(data, "targets")}
    opt.zero_grad()  # nothing is left of earlier backward passes
    history, start = History(), time.perf_counter()
    with _progress_bar(epochs * len(batches), progress) as bar:
        for _ in range(epochs):
            model.train()
            for inputs, targets in batches:
                batch = inputs.to(device), targets.to(device)
                _step(model, batch, loss, opt, history=history, labels=labels)
                _advance(bar, history)
                if len(history.step) % every == 0:
                    _measure(model, batches if measure_train else None, held_out, loss, history)
            if not history.step:
                raise ValueError(
                    "train gave no batch: is the DataLoader empty, or drop_last larger than the data?"
                )
    history.seconds = time.perf_counter() - start
    return history


def _step(model, batch, loss, optimizer, *, history, labels):
    inputs, targets = batch
    outputs = model(inputs)  # forward
    if not history.step and loss is F.cross_entropy:
        check_outputs(outputs, **({"train": targets} | labels))
    value = loss(outputs, targets)
    value.backward()
    seen = history.samples[-1] if history.samples else 0
    history.step.append(len(history.step) + 1)
    history.samples.append(seen + len(inputs))
    history.loss.append(value.item())
    if targets.dtype == torch.int64:
        history.batch_accuracy.append((outputs.argmax(1) == targets).sum().item() / len(targets))
    if not isfinite(history.loss[-1]):
        raise TrainingDiverged(history.loss[-1], history.step[-1], optimizer.param_groups[0]["lr"], history)
    optimizer.step()
    optimizer.zero_grad()


def _measure(model, train, validation, loss, history):
    if train is None and validation is None:
        return
    history.measured_at.append(len(history.step))
    if train is not None:
        history.train_accuracy.append(evaluate_batches(model, train, loss)[1])
    if validation is not None:
        value, fraction = evaluate_batches(model, validation, loss)
        history.validation_loss.append(value)
        history.validation_accuracy.append(fraction)


def make_optimizer(optimizer, model, *, lr, momentum=0.0, weight_decay=0.0):
    """Return a torch optimizer for the model's parameters; an optimizer is passed through."""
    if isinstance(optimizer, torch.optim.Optimizer):
        return optimizer
    check_choice("optimizer", optimizer, OPTIMIZERS)
    check_number("lr", lr, low=0, strict=True)
    check_number("momentum", momentum, low=0)
    check_number("weight_decay", weight_decay, low=0)
    if optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum, weight_decay=weight_decay)
    kind = torch.optim.Adam if optimizer == "adam" else torch.optim.AdamW
    return kind(model.parameters(), lr=lr, weight_decay=weight_decay)


def _place(model, device):
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {describe(model)}")
    if device is not None:
        model.to(device)
    first = next(model.parameters(), None)
    if first is None:
        raise ValueError(f"model has no parameters to train: {type(model).__name__}")
    return first.device


def _measuring_interval(measure, steps_per_epoch):
    if measure in ("epoch", "step"):
        return steps_per_epoch if measure == "epoch" else 1
    if isinstance(measure, str):
        check_choice("measure", measure, ("epoch", "step"))
    check_number("measure", measure, low=1, kind=int)
    return measure


def _progress_bar(steps, shown):
    from tqdm.auto import tqdm

    static = os.environ.get("COURSE_STATIC") == "1"  # a built page has no use for a bar
    return tqdm(total=steps, disable=static or not shown, unit="step", leave=False)


def _advance(bar, history):
    if not bar.update():  # the numbers are only made when the bar is drawn, ten times a second
        return
    numbers = {"loss": f"{history.loss[-1]:.3f}"}
    if history.batch_accuracy:
        recent = history.batch_accuracy[-50:]
        numbers["accuracy"] = f"{sum(recent) / len(recent):.3f}"
    bar.set_postfix(numbers, refresh=False)
