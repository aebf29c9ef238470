"""The digits that DigitLab offers: two of each class from the test set, and some that are read wrongly."""

import numpy as np

from course_utils.widgets._values import to_numpy

SEARCHED, SHOWN = 2000, 16


def test_digits():
    """Return the first two test digits of each class: uint8 (20, 28, 28), and their labels."""
    from course_utils.data import mnist

    data = mnist(train=False)
    images, labels = data.data[:200].numpy(), data.targets[:200].numpy()
    chosen = [i for digit in range(10) for i in np.flatnonzero(labels == digit)[:2]]
    return images[chosen], labels[chosen].tolist()


def find_mistakes(layers, mean, std, given):
    """Return up to 16 digits that are read wrongly, the surest first: uint8 (N, 28, 28), and their labels."""
    import torch

    from course_utils.data import mnist
    from course_utils.widgets._digit_model import forward

    if given is not None:
        return _checked(*given)
    data = mnist(train=False)
    pixels, labels = data.data[:SEARCHED], data.targets[:SEARCHED]
    probability = forward(layers, (pixels[:, None] / 255 - mean) / std)[-1].softmax(1)
    sure, read = probability.max(1)
    wrong = torch.nonzero(read != labels)[:, 0]
    wrong = wrong[sure[wrong].argsort(descending=True)][:SHOWN]
    return pixels[wrong].numpy(), labels[wrong].tolist()


def _checked(images, labels):
    images = images[:, 0] if getattr(images, "ndim", 0) == 4 else images
    array = to_numpy("mistakes[0]", images, ndim=3, shape="(N, 1, 28, 28)")[:SHOWN]
    truth = to_numpy("mistakes[1]", labels, ndim=1, shape="(N,)")[:SHOWN].astype(int).tolist()
    if array.shape[1:] != (28, 28) or len(truth) != len(array):
        raise ValueError(
            f"mistakes must be images (N, 1, 28, 28) and N labels, not {array.shape}, {len(truth)}"
        )
    if array.size and not 0 <= array.min() <= array.max() <= 1:
        raise ValueError(f"mistakes[0] must lie in 0 … 1, not {array.min():g} … {array.max():g}")
    return np.rint(array * 255).astype(np.uint8), truth
