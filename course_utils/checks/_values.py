"""Compare what was found with what is right; when it is wrong, ask which known mistake gives it."""

from itertools import permutations

import numpy as np
import torch

from course_utils.checks._report import CheckFailed, need


def tensor_of(value, what):
    """Return an answer as a detached tensor on the processor; arrays, numbers and lists count, too."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    try:
        return torch.as_tensor(np.ascontiguousarray(value) if np.ndim(value) else float(value))
    except (TypeError, ValueError, RuntimeError):
        noun = "numbers" if isinstance(value, (list, tuple)) else "a tensor"
        raise CheckFailed(f"{what} as {noun}", kind_of(value), tensor_hint(value)) from None


def tensor_hint(value):
    """Return how a tensor is made of what was found instead."""
    if isinstance(value, np.ndarray):
        return "`torch.from_numpy`, which makes a tensor of an array"
    if isinstance(value, (list, tuple)) and any(map(callable, value)):
        return "the brackets after a name: without them the function itself is in the list, not its result"
    if isinstance(value, (list, tuple)):
        several = any(isinstance(part, torch.Tensor) for part in value)
        how = "`torch.cat` or `torch.stack`, which make" if several else "`torch.tensor`, which makes"
        return f"{how} one tensor of a list"
    if isinstance(value, torch.nn.Module):
        return "a layer or network itself: its weights are tensors, and so is what it gives back"
    if callable(value):
        return "the brackets: without them a function or class is handed over, not its result"
    return "what is handed over: where does it come from, and of what type should it be?"


def kind_of(value):
    """Return what an answer is, in a few words: ``a tensor of shape (3, 10)``, ``a list of length 2``."""
    if value is None or value is Ellipsis:
        return "nothing yet"
    if isinstance(value, (torch.Tensor, np.ndarray)):
        noun = "a tensor" if isinstance(value, torch.Tensor) else "an array"
        return f"{noun} of shape {tuple(value.shape)}"
    length = f" of length {len(value)}" if hasattr(value, "__len__") else ""
    return f"{type(value).__name__}{length}"


def need_tensor(value, what):
    """Raise unless the answer is a tensor."""
    need(isinstance(value, torch.Tensor), f"{what} as a tensor", kind_of(value), tensor_hint(value))


def need_tuple(value, parts, what=None):
    """Raise unless the answer is a tuple, list or array of the named parts; return them."""
    right = isinstance(value, (tuple, list, np.ndarray, torch.Tensor)) and getattr(value, "ndim", 1) > 0
    hint = "what is handed over: how many things, and in which order?"
    told = f"{len(parts)} things, in this order: {', '.join(parts)}"
    right = right and len(value) == len(parts)
    need(right, f"{what}: {told}" if what else told, kind_of(value), hint)
    return tuple(value)


def need_shape(value, shape, what):
    """Raise unless the answer has this shape; axes that were swapped, lost or added are recognised."""
    found, shape = tuple(value.shape), tuple(shape)
    need(found == shape, f"{what} of shape {shape}", f"shape {found}", shape_hint(found, shape))


def shape_hint(found, shape):
    """Return how one shape came out where another was expected."""
    if found in permutations(shape):
        return "the order of the axes: they are swapped, or transposed"
    longer, shorter = (found, shape) if len(found) > len(shape) else (shape, found)
    if [n for n in longer if n != 1] == [n for n in shorter if n != 1] and longer != shorter:
        return f"an axis of length 1 that is {'missing' if longer == shape else 'one too many'}"
    if not found:
        return "the axes: they are all gone. A sum, a mean or a single number in place of the whole?"
    if len(found) < len(shape) and found in (shape[: len(found)], shape[-len(found) :]):
        return "the axes: one is gone. An index, `sum`, `mean`, `max` or `argmax` takes one away"
    if np.prod(found) == np.prod(shape):
        return "how the numbers are laid out: their count is right, but not the axes"
    return "the sizes, axis by axis: which one differs, and which line makes it?"


def need_close(found, right, what, *, mistakes=(), hint=None, atol=1e-4):
    """Raise unless two tensors agree; name the known mistake that gives what was found.

    ``mistakes`` are pairs of a hint and the value that this mistake would give. The first whose
    value agrees is named; those that cannot be told from the right answer here are passed over.
    """
    found, right = tensor_of(found, what), tensor_of(right, what)
    need_shape(found, right.shape, what)
    if close(found, right, atol):
        return
    cause = next((text for text, value in mistakes if close(found, value, atol)), None)
    cause = cause or unspecific(found) or rounding(found, right)
    raise CheckFailed(*difference(found, right, what), cause or hint)


def close(found, right, atol=1e-4):
    """Return whether two values have one shape and agree within ``atol``, relative to their size."""
    found, right = tensor_of(found, "the answer").double(), tensor_of(right, "the answer").double()
    if found.shape != right.shape or not bool(torch.isfinite(found).all()):
        return False
    return bool(torch.allclose(found, right, atol=atol, rtol=atol))


def difference(found, right, what):
    """Return two sentences about the first place in which two tensors differ."""
    apart = ~torch.isclose(found.double(), right.double(), atol=1e-4, rtol=1e-4)
    if found.ndim == 0:
        return f"{what}, {right.item():.5g} in this case", f"{found.item():.5g}"
    apart = apart if apart.any() else torch.ones_like(apart)
    place = tuple(torch.nonzero(apart)[0].tolist())
    at = f"[{', '.join(map(str, place))}]"
    return (
        f"{what}, with {right[place].item():.5g} at {at} in this case",
        f"{found[place].item():.5g} there; {int(apart.sum())} of {apart.numel()} numbers differ",
    )


def unspecific(found):
    """Return what can be said of an answer that is empty whatever it should be."""
    if not torch.isfinite(found.double()).all():
        return "where NaN or infinity comes from: a division by zero, or a logarithm of zero"
    if found.numel() > 1 and not found.any():
        return "why every number is 0: is the result ever filled in?"
    return None


def rounding(found, right):
    """Return what to look at if a number is the right one with fewer digits."""
    cut = found.ndim == 0 and any(close(found, right.double().round(decimals=n)) for n in (1, 2, 3))
    return (
        "the digits: some are cut off. Give the number back as it is; rounding is for printing"
        if cut
        else None
    )


def need_no_record(value, what):
    """Raise if a tensor still has a gradient record."""
    recorded = isinstance(value, torch.Tensor) and value.requires_grad
    hint = "how it is computed: neither under `no_grad` nor after `detach` is a record kept"
    need(not recorded, f"{what} without gradient record", "one that requires grad", hint)


def need_number(value, what):
    """Raise unless the answer is a plain number; a tensor of one element is recognised."""
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        raise CheckFailed(f"{what} as a plain number", "a tensor", "`item`, which takes the number out of it")
    right = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    hint = "the result: one number is asked for. Is there a sum, a mean or an index that is missing?"
    need(right, f"{what} as a number", kind_of(value), hint)
    need(
        np.isfinite(value),
        f"{what} as a finite number",
        f"{value}",
        "a division by zero, or a logarithm of zero",
    )
