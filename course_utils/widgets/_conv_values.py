"""What a ConvExplorer takes: pictures and kernels, checked and packed."""

import gzip
from functools import lru_cache

import numpy as np

from course_utils._files import ASSETS
from course_utils.widgets._values import pack_sparse, to_numpy

SEVEN = ("........", ".#####..", ".#####..", "....##..", "...##...", "..##....", "..##....", "........")


def to_pixels(image):
    """Return an image as uint8 (H, W), 255 for 1.0; by default a small seven."""
    if image is None:
        return np.array([[255 * (c == "#") for c in row] for row in SEVEN], np.uint8)
    whole = "int" in str(getattr(image, "dtype", ""))
    array = to_numpy("image", image, ndim=2, shape="(H, W)")
    if not all(1 <= n <= 28 for n in array.shape):
        raise ValueError(f"image must be 1 to 28 pixels high and wide, not {array.shape}")
    top = 255 if whole else 1
    if array.min() < 0 or array.max() > top:
        raise ValueError(f"image must lie in 0 … {top}, not {array.min():g} … {array.max():g}")
    return np.rint(array * 255 / top).astype(np.uint8)


def square_kernel(name, values):
    """Return a kernel (K, K) as a flat list, or raise an error that names it."""
    array = to_numpy(name, values, ndim=2, shape="(K, K), K from 1 to 7")
    if array.shape[0] != array.shape[1] or not 1 <= len(array) <= 7:
        raise ValueError(f"{name} must have shape (K, K), K from 1 to 7, not {array.shape}")
    if np.abs(array).max() > 99:
        raise ValueError(f"{name} must lie in -99 … 99, not {array.min():g} … {array.max():g}")
    return array.ravel().tolist()


def learned_kernels(kernels):
    """Return up to 32 kernels as {name: weights}, rounded to four decimals."""
    if kernels is None:
        return {}
    single = kernels.squeeze(1) if getattr(kernels, "ndim", 0) == 4 and kernels.shape[1] == 1 else kernels
    stack = to_numpy("learned", single, ndim=3, shape="(N, K, K) or (N, 1, K, K)")[:32]
    short = [[round(v, 4) for v in square_kernel("learned", kernel)] for kernel in stack]
    return {f"learned #{i + 1}": weights for i, weights in enumerate(short)}


@lru_cache
def example_pictures():
    """Return names and pixels (11, 28, 28) of the first test digit of each class and of a photograph."""
    from course_utils.data import photo

    raw = ASSETS / "mnist"
    with gzip.open(raw / "t10k-images-idx3-ubyte.gz") as file:
        digits = np.frombuffer(file.read(16 + 784 * 100)[16:], np.uint8).reshape(-1, 28, 28)
    with gzip.open(raw / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + 100)[8:], np.uint8)
    chosen = [digits[np.argmax(labels == d)] for d in range(10)]
    cat = np.rint(255 * photo("chelsea", 28).mean(0).numpy()).astype(np.uint8)
    return [*(f"digit {d}" for d in range(10)), "photo of a cat"], pack_sparse(np.stack([*chosen, cat]))
