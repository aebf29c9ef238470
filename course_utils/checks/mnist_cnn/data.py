"""Exercises 1 and 3: images and labels from a file, predictions beside targets."""

import tempfile
from pathlib import Path
from random import randint

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import need_close, need_no_record, need_shape, need_tensor, need_tuple


@exercise(1)
def check_load(load_mnist_for_convnet):
    """Check the loader on small files of random numbers, none of which reaches 255."""
    answer = Answer("load_mnist_for_convnet", load_mnist_for_convnet)
    with tempfile.TemporaryDirectory() as folder:
        for n in (randint(4, 9), 1):
            raw, digits = np.random.randint(0, 129, (n, 28, 28)), np.random.randint(0, 10, n)
            file = Path(folder) / f"random{n}.npz"
            np.savez(file, X=raw.astype(np.uint8), y=digits.astype(np.uint8))
            X, y = need_tuple(answer(file), ("images", "labels"))
            need_tensor(X, "the images"), need_tensor(y, "the labels")
            hint = "the order of the two results: images first"
            need(
                X.ndim > y.ndim, "images, then labels", f"shapes {tuple(X.shape)} and {tuple(y.shape)}", hint
            )
            hint = "the file: is it the one that the function is given?"
            need(n in X.shape, f"the {n} images of that file", f"shape {tuple(X.shape)}", hint)
            need_images(X, torch.from_numpy(raw) / 255)
            need_labels(y, torch.from_numpy(digits))
    return (
        "images are float32 (N, 1, 28, 28) in [0, 1] and labels int64 (N,), for two files of random numbers"
    )


def need_images(X, pixels):
    """Raise unless the images are the pixels as float32 with a channel axis."""
    need_shape(X, (len(pixels), 1, 28, 28), f"{len(pixels)} images")
    hint = "the type: uint8 cannot hold 0.5, and a network's weights are float32"
    need(X.dtype == torch.float32, "images of type float32", f"{X.dtype}", hint)
    pixels = pixels[:, None]
    hints = [
        ("the scale: the pixels are not divided, so white is 255", 255 * pixels),
        ("the scale: divided by the largest pixel of this file, not by the largest that a pixel can be",
         pixels / pixels.max()),
        ("the scale: by 255, the largest value of a pixel, not by the 256 values there are", pixels * 255 / 256),
        ("rows and columns: they are exchanged", pixels.mT),
        ("the scale: 0 is black and 1 is white, nothing is subtracted", (pixels - pixels.mean()) / pixels.std()),
        ("the scale: 0 is black, not -1", 2 * pixels - 1),
        ("black and white: they are exchanged", 1 - pixels),
        ("when it is converted: before the division, not after it, or all fractions are cut off", pixels * 0),
    ]  # fmt: skip
    need_close(X, pixels, "the images", mistakes=hints, hint="the scale: which number is white?", atol=1e-5)


def need_labels(y, digits):
    """Raise unless the labels are int64 of one axis."""
    hint = (
        "the labels: as the loss takes them, each is one number, that of its class; one-hot rows come later"
    )
    need(y.shape != (len(digits), 10), f"{len(digits)} labels in one axis", f"shape {tuple(y.shape)}", hint)
    need_shape(y, (len(digits),), f"{len(digits)} labels")
    hint = "the type of the labels: the loss takes class labels as int64, not as floats or bytes"
    need(y.dtype == torch.int64, "labels of type int64", f"{y.dtype}", hint)
    need_close(y, digits, "the labels", hint="which array of the file they come from")


@exercise(3)
def check_predictions(probabilities, one_hot):
    """Check class probabilities and one-hot targets on random images and labels."""
    network = nn.Sequential(nn.Conv2d(1, 2, 5, stride=4), nn.Flatten(), nn.Linear(2 * 36, 10))
    for n in (randint(5, 9), 10):
        images, labels = 3 * torch.randn(n, 1, 28, 28), torch.randint(0, 10, (n,))
        logits = network(images).detach()
        found = Answer("probabilities", probabilities)(network, images.clone())
        need_tensor(found, "the probabilities")
        need_probabilities(found, logits)
        need_targets(Answer("one_hot", one_hot)(labels.clone()), labels)
    return "rows of probabilities are the softmax of the logits, and one-hot rows have their 1 at the label"


def need_probabilities(found, logits):
    """Raise unless the probabilities are the softmax over the classes, without gradient record."""
    need_shape(found, logits.shape, f"probabilities of {len(logits)} images")
    hints = [
        ("the softmax: it is missing, these are the logits", logits),
        ("`dim`: this softmax runs over the images, so columns sum to 1, not rows", logits.softmax(0)),
        ("the softmax: these are the logarithms of the probabilities", logits.log_softmax(1)),
        ("the softmax: it is there twice", logits.softmax(1).softmax(1)),
        ("the division: it is missing, the ten numbers of an image must sum to 1", logits.exp()),
        ("the sums: each row is to be divided by its own; they need an axis more (`keepdim`)",
         logits.exp() / logits.exp().sum(1) if len(logits) == 10 else logits),
        ("softmax and sigmoid: here the ten numbers of an image must sum to 1", logits.sigmoid()),
        ("`dim`: this softmax runs over all numbers at once", logits.flatten().softmax(0).view_as(logits)),
    ]  # fmt: skip
    need_close(
        found,
        logits.softmax(1),
        "the probabilities",
        mistakes=hints,
        hint="the softmax of the logits",
        atol=1e-5,
    )
    need_no_record(found, "probabilities")


def need_targets(found, labels):
    """Raise unless the targets are floats with a 1 at each label."""
    need_tensor(found, "the targets")
    told, rows = (
        f"targets of {len(labels)} labels, of shape {(len(labels), 10)}",
        len(found) if found.ndim else 0,
    )
    hint = "the rows: as many as there are labels, whatever their number" if rows != len(labels) else None
    hint = hint or "the columns: ten, whatever labels there happen to be"
    swapped = (10, len(labels))
    right = found.ndim != 2 or tuple(found.shape) in (swapped, swapped[::-1])
    need(right, told, f"shape {tuple(found.shape)}", hint)
    right = F.one_hot(labels, 10)
    hints = wrong_targets(right, labels)
    need_shape(found, (len(labels), 10), f"targets of {len(labels)} labels")
    need_close(
        found.float(),
        right,
        "the targets",
        mistakes=hints,
        hint="one 1 in each row, in the column of the label",
    )
    hint = "the type: targets stand beside probabilities, so they are floats"
    need(found.is_floating_point(), "targets of a float type", f"{found.dtype}", hint)


def wrong_targets(right, labels):
    """Return (hint, targets) for the usual mistakes."""
    shifted = (labels + 1) % 10
    columns = torch.zeros_like(right)
    columns[:, labels] = 1
    return [
        ("the rows: each 1 is written into all of them; you need a row number for each label", columns),
        ("the columns: each 1 is one place too far to the right", F.one_hot(shifted, 10)),
        ("0 and 1: they are exchanged", 1 - right),
        ("the assignment: nothing arrives in the targets. Two pairs of brackets, one after the other, write into a "
         "copy: rows and columns belong into one pair", 0 * right),
        ("the columns: each row holds its label there, not a 1", right * labels[:, None]),
    ]  # fmt: skip
