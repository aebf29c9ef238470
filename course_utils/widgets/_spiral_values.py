"""What a SpiralLab takes: points, models and recorded losses, checked and packed."""

import base64

import numpy as np

from course_utils.widgets._values import pack, to_numpy

MOST_PARAMETERS = 1500


def points(X, y, *, empty=False):
    """Return points as float64 (N, 2) and classes as int64 (N,), or raise an error that names them."""
    if empty and X is None and y is None:
        return np.zeros((0, 2)), np.zeros(0, np.int64)
    if X is None or y is None:
        raise ValueError(f"X and y must be given together, not {'y' if X is None else 'X'} alone")
    xs = to_numpy("X", X, ndim=2, shape="(N, 2)")
    labels = to_numpy("y", y, ndim=1, shape="(N,)")
    if xs.shape[1] != 2 or not 6 <= len(xs) <= 400:
        raise ValueError(f"X must have shape (N, 2), N from 6 to 400, not {xs.shape}")
    if len(labels) != len(xs):
        raise ValueError(f"y must have one class for each of the {len(xs)} points, not {len(labels)}")
    if np.abs(xs).max() > 1000:
        raise ValueError(f"X must lie in -1000 … 1000, not {xs.min():g} … {xs.max():g}")
    if not np.isin(labels, range(4)).all() or len(np.unique(labels)) < 2:
        raise ValueError(f"y must hold at least two of the classes 0, 1, 2, 3, not {np.unique(labels)[:9]}")
    return xs, labels.astype(np.int64)


def known_model(given, activation, classes):
    """Return {hidden, activation, start} of a list of widths or of an ``nn.Sequential``."""
    if hasattr(given, "modules"):
        return _from_torch(given, classes)
    try:
        hidden = [int(n) for n in given]
    except (TypeError, ValueError):
        raise TypeError(f"models must hold lists of widths or nn.Sequential, not {given!r:.60}") from None
    _check(hidden, classes)
    return {"hidden": hidden, "activation": activation, "start": None}


def _from_torch(net, classes):
    from torch import nn

    if not isinstance(net, nn.Sequential):
        raise TypeError(f"models must hold nn.Sequential, not {type(net).__name__}")
    lines = [layer for layer in net if isinstance(layer, nn.Linear)]
    others = [layer for layer in net if not isinstance(layer, nn.Linear)]
    kinds = {type(layer) for layer in others}
    for kind in kinds - {nn.ReLU, nn.Tanh}:
        raise ValueError(f"models can hold Linear, ReLU and Tanh only, not {kind.__name__}")
    between = [isinstance(layer, nn.Linear) for layer in net]
    regular = [True, False] * len(others) + [True] if others else [True] * len(between)
    if len(kinds) > 1 or between != regular or not lines or any(line.bias is None for line in lines):
        raise ValueError(
            f"models must have one kind of activation between Linear layers with bias, not {net}"
        )
    hidden, sizes = [line.out_features for line in lines[:-1]], [2, *(line.out_features for line in lines)]
    if [line.in_features for line in lines] != sizes[:-1] or sizes[-1] != classes:
        raise ValueError(f"models must lead from 2 coordinates to {classes} classes, not {net}")
    _check(hidden, classes)
    flat = nn.utils.parameters_to_vector(p.double() for p in net.parameters())
    start = to_numpy("the parameters of a model", flat)
    name = {nn.ReLU: "relu", nn.Tanh: "tanh"}.get(next(iter(kinds), None), "none")
    return {"hidden": hidden, "activation": name, "start": pack(start)}


def _check(hidden, classes):
    if len(hidden) > 3 or not all(1 <= n <= 128 for n in hidden):
        raise ValueError(f"models can have up to 3 hidden layers of 1 to 128 units, not {hidden}")
    sizes = [2, *hidden, classes]
    count = sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False))
    if count > MOST_PARAMETERS:
        raise ValueError(f"models can have up to {MOST_PARAMETERS:,} parameters, not {count:,} ({sizes})")


def losses(values):
    """Return recorded losses as {loss, every}: at most 100 numbers, and how many steps lie between them."""
    if values is None:
        return {"loss": [], "every": 1}
    array = to_numpy("recorded", values, ndim=1, shape="(steps,)")
    every = -(-len(array) // 100)
    return {"loss": [round(float(v), 6) for v in array[::every]], "every": every}


def unpack(packed):
    """Return what ``pack`` made of a float64 array."""
    return np.frombuffer(base64.b64decode(packed["data"]), "<f8").reshape(packed["shape"]).copy()
