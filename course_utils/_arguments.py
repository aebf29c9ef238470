"""Checks of arguments: each error names what was given and what was expected."""

import torch


def check_number(name, value, *, low, kind=float, strict=False):
    """Raise unless ``value`` is a finite number of the kind, at least (or above) ``low``."""
    allowed = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        noun = "a whole number" if kind is int else "a number"
        raise TypeError(f"{name} must be {noun}, not {value!r}")
    if not (value > low if strict else value >= low) or value == float("inf"):
        relation = "above" if strict else "at least"
        raise ValueError(f"{name} must be {relation} {low} and finite, not {value!r}")


def check_choice(name, value, choices):
    """Raise unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}")


def check_tensor(name, value, *, shape=None):
    """Raise unless ``value`` is a tensor; ``shape`` describes it in words for the message."""
    if not isinstance(value, torch.Tensor):
        expected = f"a tensor of shape {shape}" if shape else "a tensor"
        raise TypeError(f"{name} must be {expected}, not {type(value).__name__}")


def check_pair(name, pair):
    """Raise unless ``pair`` is (inputs, targets): two tensors of one positive length.

    Inputs must be floating point; integer targets must be int64, as the losses expect.
    """
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (inputs, targets) or a DataLoader, not {describe(pair)}")
    inputs, targets = pair
    check_tensor(f"{name}[0], the inputs,", inputs)
    check_tensor(f"{name}[1], the targets,", targets)
    if not inputs.is_floating_point():
        raise TypeError(
            f"{name}[0], the inputs, must be floating point, not {inputs.dtype}: images are float32 in [0, 1]"
        )
    if not targets.is_floating_point() and targets.dtype != torch.int64:
        raise TypeError(f"{name}[1], the class labels, must be int64, not {targets.dtype}")
    if inputs.ndim == 0 or targets.ndim == 0 or len(inputs) != len(targets):
        raise ValueError(
            f"{name} has inputs {shape_of(inputs)} but targets {shape_of(targets)}: lengths differ"
        )
    if len(inputs) == 0:
        raise ValueError(f"{name} is empty: its inputs have shape {shape_of(inputs)}")


def check_labels(name, labels, classes):
    """Raise unless every int64 label lies in 0 … classes - 1."""
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        raise ValueError(
            f"{name} has labels from {low} to {high}, but the model has {classes} outputs: "
            f"labels must lie in 0 … {classes - 1}"
        )


def shape_of(tensor):
    """Return a tensor's shape as text, such as ``(60000, 1, 28, 28)``."""
    return str(tuple(tensor.shape))


def describe(value):
    """Return a short text for a wrong argument: its type, and its length where it has one."""
    length = f" of length {len(value)}" if hasattr(value, "__len__") else ""
    return type(value).__name__ + length
