"""Exercises 3 to 5: the network, its training, and the likeness of two kernels."""

import re
from functools import partial
from random import randint

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._loops import losses_by_mistake, steps
from course_utils.checks._networks import built, end_hint, need_counts, outputs_of, randomised
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced, twin
from course_utils.checks._values import close, need_close, need_shape

NETWORKS = {
    "the end: no sigmoid there, the loss contains it": {"last": torch.sigmoid},
    "ReLU: there is none after the convolution": {"relu": False},
    "the padding: without it the width shrinks, and bumps at the ends are seen in part": {"padding": 0},
    "the padding: it should keep the width as it is": {"padding": 1},
    "the pooling: this is the mean over the width, not the largest response": {"pool": torch.mean},
    "the end: a softmax over one number is always 1": {"last": lambda z: z.softmax(1)},
    "the end: the logit may be negative, so no ReLU there": {"last": torch.relu},
}


@exercise(3)
def check_build(build):
    """Check the five-layer network for several numbers of filters on random signals."""
    for k in (1, randint(2, 5), randint(6, 9)):
        model = randomised(need_layers(built("build", build, k)))
        x = 2 * torch.randn(200, 1, 20)  # so many that some have their loudest place at an end
        x = x.to(next(model.parameters()))
        found = outputs_of("build", model, x)
        need_shape(found, (200, 1), f"logits of 200 signals (number of filters: {k})")
        need_counts(model, (6 * k, k + 1))
        weights = [p.detach() for p in (model[0].weight, model[0].bias, model[4].weight, model[4].bias)]
        need_shape(weights[0], (k, 1, 5), "kernels")
        weights[1] -= 1.5  # in the model, too: dark enough for the ReLU to matter
        found = outputs_of("build", model, x)
        wrong = ((hint, network(x, *weights, **change)) for hint, change in NETWORKS.items())
        hint = "the five layers, one by one, against the list in the text"
        need_close(found, network(x, *weights), "the logits of random signals", mistakes=wrong, hint=hint)
    return "for several numbers of filters, the logits of random signals are those of the five layers"


def need_layers(model):
    """Raise unless the first and the last of five layers are where later cells look for them; return the model."""
    hint = "an nn.Sequential of the five layers of the text, in their order: later cells look into layers 0 and 4"
    right = isinstance(model, nn.Sequential) and len(model) == 5
    found = f"{type(model).__name__} of {len(list(model.children()))} layers"
    hint = end_hint(model) or hint
    right = right and all(hasattr(model[i], "weight") for i in (0, 4))
    need(right, "a Sequential of five layers, with weights in the first and the last", found, hint)
    return model


def network(x, kernels, biases, votes, bias, *, relu=True, padding=2, pool=torch.amax, last=lambda z: z):
    """Return the logits of the lab's network, or of one with a mistake."""
    maps = F.conv1d(x, kernels, biases, padding=padding)
    return last(F.linear(pool(maps.relu() if relu else maps, 2), votes, bias))


SETTINGS = {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-3}
WITHOUT = {
    "the settings: the momentum is missing, or lost in each epoch with the optimiser that kept it": {
        "momentum": 0.0
    },
    "the settings: the weight decay is missing": {"weight_decay": 0.0},
    "the settings: momentum and weight decay are missing": {"momentum": 0.0, "weight_decay": 0.0},
}


@exercise(4)
def check_train(train, three_filters):
    """Check the training loop on random signals: the last loss and what is printed; then the long run."""
    answer, epochs = Answer("train", train), 50 + randint(1, 20)
    model, X, y, losses = small_problem(epochs)
    start = twin(model)
    with names_replaced(train, settings=dict(SETTINGS)) as names:
        found = answer(model, X, y, epochs=epochs)
    given = names.get("settings", SETTINGS)
    need(
        given == SETTINGS, f"the settings {SETTINGS}", f"{given}", "the line with `settings`, which is given"
    )
    moved = not all(map(close, start.parameters(), model.parameters()))
    need_close(found, losses[epochs - 1], "the last loss", mistakes=wrong_losses(start, X, y, losses, moved), atol=3e-5,
               hint="the four lines of the loop (forward, backward, step, zero_grad), loss and optimiser")  # fmt: skip
    need_lines(answer.printed, losses, epochs)
    number = abs(float(three_filters) - 0.3111) < 5e-4
    hint = "the two cells that build three filters with seed 0 and train them: run both again, with the present `train`"
    need(number, "a loss of 0.311 at epoch 500, for three filters", f"{float(three_filters):.4f}", hint)
    return "losses and printed lines agree with a second loop on random signals; three filters end at 0.311"


def small_problem(epochs):
    """Return a small network, signals, targets, and the right losses; at the end they still move."""
    sgd, losses = partial(torch.optim.SGD, **SETTINGS), [0.0, 0.0, 0.0]
    while abs(losses[-1] - losses[-2]) < 5e-4 or abs(losses[-2] - losses[-3]) < 5e-4:
        model = nn.Sequential(
            nn.Conv1d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool1d(8), nn.Flatten(), nn.Linear(4, 1)
        )
        X, y = torch.randn(11, 1, 8), torch.randint(2, (11, 1)).float()
        losses, _ = steps(model, [(X, y)] * (epochs + 1), sgd, loss_of=F.binary_cross_entropy_with_logits)
    return model, X, y, losses


def wrong_losses(model, X, y, losses, moved):
    """Yield (hint, last loss) for the usual mistakes; ``moved``: whether the answer has moved the parameters."""
    epochs, bce = len(losses) - 1, F.binary_cross_entropy_with_logits
    batches = [(X, y)] * epochs
    sgd = partial(torch.optim.SGD, **SETTINGS)
    for hint, values in losses_by_mistake(model, batches[:epochs], sgd, loss_of=bce):
        if "softmax" not in hint and "again" not in hint and not (moved and "never move" in hint):
            yield hint, values[-1]
    yield "the number of epochs: it is one too few", losses[epochs - 2]
    yield "what is returned: the first loss, not the last. Is the `return` in the loop?", losses[0]
    yield "what is returned, or the number of epochs: it is one step ahead", losses[epochs]
    yield "what is returned: the sum of the losses", sum(losses[:epochs])
    yield "what is returned: the mean of the losses", sum(losses[:epochs]) / epochs
    for hint, change in WITHOUT.items():
        yield hint, steps(model, batches, partial(torch.optim.SGD, **SETTINGS | change), loss_of=bce)[0][-1]
    yield "the loss: cross-entropy over a single class is always 0", 0.0
    summed = partial(bce, reduction="sum")
    yield (
        "the loss: this is the sum over the signals, not the mean",
        steps(model, batches, sgd, loss_of=summed)[0][-1],
    )
    swapped = steps(model, batches, sgd, loss_of=lambda z, t: bce(t, z))[0][-1]
    yield "the loss: its arguments are exchanged, the logits come first, then the targets", swapped
    twice = partial(torch.nn.Sequential, model)
    yield (
        "the loss: a sigmoid before BCEWithLogitsLoss comes twice",
        steps(twice(nn.Sigmoid()), batches, sgd, loss_of=bce)[0][-1],
    )
    long = steps(model, batches[:1] * 500, sgd, loss_of=bce)[0][-1]
    yield "the number of epochs: 500, whatever the function is given", long


def need_lines(printed, losses, epochs):
    """Raise unless the losses of epoch 1 and of every 50th are printed."""
    numbers = [[float(x) for x in re.findall(r"\d+\.?\d*(?:e-?\d+)?", line)] for line in printed.splitlines()]
    numbers = [row for row in numbers if len(row) >= 2]
    shown = [int(row[0]) for row in numbers]
    wanted = [e for e in range(1, epochs + 1) if e == 1 or e % 50 == 0]
    hint = "when it is printed: at epoch 1 and every 50th, counted from 1"
    need(shown == wanted, f"lines for epochs {wanted}, of {epochs}", f"lines for {shown[:5]}", hint)
    for row in numbers:
        right = losses[int(row[0]) - 1]
        hint = "what is printed: the loss before that epoch's step, with four decimals"
        need(abs(row[1] - right) < 1e-3, f"{right:.4f} at epoch {row[0]:.0f}", f"{row[1]:.4f}", hint)
