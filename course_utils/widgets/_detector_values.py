"""What a Detector1D takes: signals and kernels, checked."""

import numpy as np

from course_utils.widgets._values import to_numpy

SIZES = (3, 5, 7, 9)


def to_rows(signals):
    """Return up to 12 signals as lists, or raise an error that says what is wrong."""
    single = signals.squeeze(1) if getattr(signals, "ndim", 0) == 3 and signals.shape[1] == 1 else signals
    array = to_numpy("signals", single, ndim=2, shape="(N, W) or (N, 1, W)")
    if not len(array) or not 16 <= array.shape[1] <= 128:
        raise ValueError(f"signals must be one or more of 16 to 128 samples, not {array.shape}")
    if np.abs(array).max() > 99:
        raise ValueError(f"signals must lie in -99 … 99, not {array.min():g} … {array.max():g}")
    return [[round(float(v), 6) for v in row] for row in array[:12]]


def to_kernel(name, values):
    """Return a kernel (K,) as a list, or raise an error that names it."""
    array = to_numpy(name, values, ndim=1, shape="(K,), K = 3, 5, 7 or 9")
    if len(array) not in SIZES:
        raise ValueError(f"{name} must have 3, 5, 7 or 9 weights, not {len(array)}")
    if np.abs(array).max() > 99:
        raise ValueError(f"{name} must lie in -99 … 99, not {array.min():g} … {array.max():g}")
    return array.tolist()


def learned_kernels(layer):
    """Return the kernels of a layer as {name: {weights, bias}}, in decimals that give the same float32."""
    if layer is None:
        return {}
    biases = getattr(layer, "bias", None)
    values = getattr(layer, "weight", layer)
    values = values.squeeze(1) if getattr(values, "ndim", 0) == 3 and values.shape[1] == 1 else values
    kernels = to_numpy("learned", values, ndim=2, shape="(N, K), or be an nn.Conv1d with one input channel")
    offsets = [None] * len(kernels) if biases is None else to_numpy("learned.bias", biases).tolist()
    short = [[float(str(np.float32(v))) for v in to_kernel("learned", k)] for k in kernels]
    pairs = zip(short, offsets, strict=True)
    return {f"learned #{i + 1}": {"weights": w, "bias": b} for i, (w, b) in enumerate(pairs)}
