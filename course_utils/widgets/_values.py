"""Arguments of widgets: errors that name what was given and what was expected; arrays as text."""

import base64
from itertools import groupby

import numpy as np

DTYPES = {"uint8": "u8", "int8": "i8", "int32": "i32", "float32": "f32", "float64": "f64"}


def pack(array):
    """Return an array as ``{shape, dtype, data}``, little-endian, for ``tensor()`` in tensor.js."""
    array = np.ascontiguousarray(array)
    if str(array.dtype) not in DTYPES:
        raise TypeError(f"cannot send an array of {array.dtype}; it must be one of {', '.join(DTYPES)}")
    data = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
    return {"shape": list(array.shape), "dtype": DTYPES[str(array.dtype)], "data": data}


def pack_sparse(images):
    """Return uint8 images as bytes in which 0, n stands for n zeros: most pixels of a digit are zero."""
    out = bytearray()
    for value, run in groupby(images.ravel().tolist()):
        count = len(list(run))
        if value:
            out += bytes([value]) * count
        else:
            out += bytes([0, 255]) * (count // 255) + (bytes([0, count % 255]) if count % 255 else b"")
    return bytes(out)


def to_numpy(name, values, *, ndim=None, shape=None):
    """Return tensor, array or nested lists as finite float64, or raise an error that names ``name``.

    ``ndim`` is the number of axes allowed, ``shape`` describes it in words for the message.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        kind = type(values).__name__
        raise TypeError(f"{name} must be numbers of shape {shape}, not {kind} {values!r:.40}") from None
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have shape {shape}, not {array.shape}")
    if not np.isfinite(array).all():
        bad = f"{int((~np.isfinite(array)).sum())} of {array.size}"
        raise ValueError(f"{name} must hold finite numbers only, but {bad} are NaN or infinite")
    return array


def check_choice(name, value, choices):
    """Return ``value`` if it is one of ``choices``, else raise."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}")
    return value


def check_range(name, value, low, high, *, kind=int):
    """Return ``value`` as an int (or float) if it lies in low … high, else raise."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not (whole or (kind is float and isinstance(value, (float, np.floating)))):
        noun = "a whole number" if kind is int else "a number"
        raise TypeError(f"{name} must be {noun} from {low} to {high}, not {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}, not {value!r}")
    return kind(value)
