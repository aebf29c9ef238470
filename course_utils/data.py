"""The data of the course: MNIST, four photographs, and two data sets that we make.

Everything comes from files in the package or from a random number generator:
nothing is downloaded.
"""

import numpy as np
import torch

from course_utils._arguments import check_choice, check_number, check_tensor, shape_of
from course_utils._files import ASSETS, cache_folder, mnist_root
from course_utils.synthetic import pattern_signals, spiral

__all__ = ["mnist", "mnist_tensors", "pattern_signals", "permute_pixels", "photo", "spiral"]

PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")


def mnist(train=True, transform=None):
    """Return MNIST (LeCun et al., 1998) as a ``torchvision.datasets.MNIST``.

    The files are unpacked once, to the folder named by ``COURSE_DATA`` or to the
    user's cache, and verified by checksum.

    Parameters
    ----------
    train : bool
        The 60,000 training digits, or the 10,000 test digits.
    transform : callable, optional
        Applied to each PIL image, as torchvision does.

    Raises
    ------
    PermissionError
        If the folder cannot be written.

    Taught in ``lectures/training_and_sgd``.
    """
    from torchvision import datasets

    check_choice("train", train, (True, False))
    root = mnist_root(cache_folder())
    return datasets.MNIST(root, train=train, download=False, transform=transform)


def mnist_tensors(train=True, n=None):
    """Return MNIST as two tensors: images and labels.

    Parameters
    ----------
    train : bool
        The 60,000 training digits, or the 10,000 test digits.
    n : int, optional
        Only the first ``n`` of them.

    Returns
    -------
    images : Tensor, float32, (N, 1, 28, 28)
        In [0, 1]: 0 is background, 1 is ink.
    labels : Tensor, int64, (N,)
        The digits, 0 to 9.
    """
    dataset = mnist(train)
    available = len(dataset)
    if n is not None:
        check_number("n", n, low=1, kind=int)
        if n > available:
            raise ValueError(f"n must be at most {available}, the digits there are, not {n}")
    images = dataset.data[:n].unsqueeze(1).float().div_(255)  # (N, 1, 28, 28)
    return images, dataset.targets[:n].clone()


def photo(name, size=None):
    """Return one of the bundled photographs as a tensor.

    Parameters
    ----------
    name : str
        ``"astronaut"``, ``"chelsea"`` (a cat), ``"coffee"`` or ``"rocket"``.
    size : int or (int, int), optional
        Height and width in pixels; one number means a square. The photograph is cropped
        around its centre to that aspect ratio, then resampled (bicubic).

    Returns
    -------
    Tensor, float32, (3, H, W)
        Red, green and blue in [0, 1].
    """
    from PIL import Image, ImageOps

    check_choice("name", name, PHOTOS)
    with Image.open(ASSETS / "photos" / f"{name}.png") as file:
        image = file.convert("RGB")
    if size is not None:
        height, width = (size, size) if isinstance(size, int) else size
        check_number("size", height, low=1, kind=int)
        check_number("size", width, low=1, kind=int)
        image = ImageOps.fit(image, (width, height), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float().div_(255)


def permute_pixels(images, *, seed=0):
    """Return the images with their pixels shuffled, all by the same permutation.

    One seed is one permutation, so training and test images stay comparable.

    Parameters
    ----------
    images : Tensor, (N, C, H, W)
    seed : int

    Returns
    -------
    Tensor, (N, C, H, W)

    Taught in ``lectures/convolutions``, as the control experiment.
    """
    check_tensor("images", images, shape="(N, C, H, W)")
    if images.ndim != 4:
        raise ValueError(f"images must have shape (N, C, H, W), not {shape_of(images)}")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(images.shape[2] * images.shape[3], generator=generator)
    return images.flatten(2)[:, :, order].reshape(images.shape)
