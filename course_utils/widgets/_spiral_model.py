"""SpiralLab in Python: the same points, starting weights and batches as in its JavaScript."""

import math

import numpy as np

from course_utils.widgets._random import gaussian, mulberry

POINTS = 200


def draw_points(data, seed, *, turns=1.0, noise=0.2):
    """Return points (200, 2) in about [-1, 1] and their classes (200,), 0 or 1."""
    draw, half = mulberry(seed), POINTS // 2
    rows = [_PLACES[data](label, i / half, draw, turns, noise) for label in (0, 1) for i in range(half)]
    return np.array(rows), np.repeat([0, 1], half)


def _spiral(label, t, draw, turns, noise):
    angle = 2 * math.pi * turns * t + math.pi * label + noise * gaussian(draw)
    return t * math.sin(angle), t * math.cos(angle)


def _moons(label, t, draw, turns, noise):
    angle = math.pi * t
    x, y = (math.cos(angle) - 0.5, math.sin(angle) - 0.25)
    sign = -1 if label else 1
    return (
        0.65 * sign * x + 0.4 * noise * gaussian(draw),
        0.65 * sign * y + 0.4 * noise * gaussian(draw),
    )


def _circles(label, t, draw, turns, noise):
    angle, radius = 2 * math.pi * t, 0.9 if label else 0.35
    return (
        radius * math.sin(angle) + 0.4 * noise * gaussian(draw),
        radius * math.cos(angle) + 0.4 * noise * gaussian(draw),
    )


_PLACES = {"spiral": _spiral, "moons": _moons, "circles": _circles}


def start_params(sizes, seed):
    """Return weights and biases as ``nn.Linear`` draws them, uniform within 1/sqrt(inputs), in PyTorch's order."""
    draw, out = mulberry(7919 + seed), []
    for ins, outs in zip(sizes, sizes[1:], strict=False):
        out += [(2 * draw() - 1) / math.sqrt(ins) for _ in range((ins + 1) * outs)]
    return np.array(out)


def batch_indices(n, size, step, seed):
    """Return which of n points are the batch of this step; the order is drawn anew every epoch."""
    if not size or size >= n:
        return np.arange(n)
    epoch, k = divmod(step, math.ceil(n / size))
    draw, order = mulberry(1_000_000 + 1000 * seed + epoch), np.arange(n)
    for i in range(n - 1, 0, -1):
        j = int(draw() * (i + 1))
        order[[i, j]] = order[[j, i]]
    return order[k * size : (k + 1) * size]


def held_out(n, holdout):
    """Return which of n points are held out for testing: every fourth, or none."""
    return (np.arange(n) % 4 == 3) & bool(holdout)


def build(sizes, activation, params):
    """Return an ``nn.Sequential`` of float64 layers with these parameters."""
    import torch
    from torch import nn

    between = {"relu": [nn.ReLU], "tanh": [nn.Tanh], "none": []}[activation]
    layers = []
    for at, (ins, outs) in enumerate(zip(sizes, sizes[1:], strict=False)):
        layers += [kind() for kind in between if at] + [nn.Linear(ins, outs, dtype=torch.float64)]
    model = nn.Sequential(*layers)
    nn.utils.vector_to_parameters(torch.tensor(params, dtype=torch.float64), model.parameters())
    return model


def train(widget, which, steps):
    """Return the model after so many steps from its start, trained by PyTorch as the widget trains."""
    import torch

    model = widget.to_torch(which, start=True)
    chosen = held_out(len(widget.y), widget.holdout)
    x, y = torch.from_numpy(widget.X[~chosen]), torch.from_numpy(widget.y[~chosen])
    kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD, "momentum": torch.optim.SGD}
    more = {"momentum": 0.9} if widget.optimizer == "momentum" else {}
    optimizer = kinds[widget.optimizer](model.parameters(), lr=widget.lr, **more)
    for step in range(steps):
        batch = torch.from_numpy(batch_indices(len(y), widget.batch, step, widget.seed))
        torch.nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return model
