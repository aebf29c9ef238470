"""Exercise 6: covered copies of an image, and the map of what they change."""

from random import randint

import torch
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import close, need_close, need_no_record, need_shape, need_tensor


@exercise(6)
def check_occlusion(cover, occlusion_map):
    """Check covered copies of random images, and the map of a linear model against its weights."""
    covered, mapped = Answer("cover", cover), Answer("occlusion_map", occlusion_map)
    for size, step in ((6, 2), (5, 3), (randint(3, 7), randint(4, 6))):
        image = 0.1 + torch.rand(1, 28, 28)
        kept = image.clone()
        copies = covered(image, size=size, step=step)
        need_tensor(copies, "the copies")
        hint = "copies: the square was cut out of the image itself"
        need(close(image, kept), "the image as it was", "a changed one", hint)
        need_copies(copies, image, size, step)
        need_map(mapped, image, size, step)
    return "copies with one square at zero each; the maps of linear models agree with their weights"


def squares(image, size, step, *, by_column=False):
    """Return the covered copies, row by row or column by column."""
    places = range(0, 28 - size + 1, step)
    copies = []
    for first in places:
        for second in places:
            top, left = (second, first) if by_column else (first, second)
            copies.append(image.clone())
            copies[-1][:, top : top + size, left : left + size] = 0
    return torch.stack(copies)


def need_copies(copies, image, size, step):
    """Raise unless each copy has one square at zero, at the right place."""
    right, side = squares(image, size, step), len(range(0, 28 - size + 1, step))
    told = f"{side} × {side} copies for squares of {size} in steps of {step}"
    hint = "the axes: `torch.cat` joins along an axis that is there, `torch.stack` makes a new one for the copies"
    need(copies.ndim == 4, f"{told}, of shape {tuple(right.shape)}", f"shape {tuple(copies.shape)}", hint)
    need(len(copies) == len(right), told, f"{len(copies)}", places_hint(len(copies), size, step))
    need_shape(copies, right.shape, "the copies")
    columns = squares(image, size, step, by_column=True)
    hints = [
        ("the order of the places: row by row, so the left edge moves first", columns),
        ("the copies: each has the squares of those before it, too. Does each begin with the image as it was?",
         right.cummin(0).values),
        ("the copies: they are all one and the same memory, each square is cut out of all of them",
         right.amin(0, keepdim=True).expand_as(right)),
        ("the counter: all squares are cut out of the first copy",
         torch.cat([right.amin(0, keepdim=True), image[None].expand_as(right)[1:]])),
        ("the square: nothing is covered", image[None].expand_as(right)),
        ("the square: it is kept, and the rest is covered", image[None] - right),
        ("the value: background is 0", torch.where(right == 0, torch.ones(()), right)),
        ("the value: background is 0", torch.where(right == 0, image.mean(), right)),
    ]  # fmt: skip
    need_close(
        copies,
        right,
        "covered copies (copy, channel, row, column)",
        mistakes=hints,
        hint="the square: `size` rows and `size` columns of zeros, wherever it starts",
    )


def places_hint(found, size, step):
    """Return what to look at if there are so many copies, but not the right number."""
    if found == (29 - size) ** 2:
        return "`step`: this goes on by one pixel at a time"
    if found == len(range(0, 28, step)) ** 2:
        return "the last place: a square must fit into the image, so it starts at 28 − size"
    if found == 144:
        return "`size` and `step`: those that the function is given"
    return "the last place: it starts at 28 − size, and `range` leaves out its upper end"


def need_map(mapped, image, size, step):
    """Raise unless the map of a random linear model is the rise of its margin."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    label, prediction = torch.randperm(10)[:2]  # tensors, as in the notebook
    side = len(range(0, 28 - size + 1, step))
    found = mapped(model, image.clone(), label, prediction, size=size, step=step)
    need_tensor(found, "the map")
    need_no_record(found, "the map")
    with torch.no_grad():
        logits, start = model(squares(image, size, step)), model(image[None])
    margin, z = logits[:, label] - logits[:, prediction], start[:, label] - start[:, prediction]
    rise = (margin - z).reshape(side, side)
    gain = (logits - start)[:, label].reshape(side, side)
    p, q = logits.softmax(1), start.softmax(1)
    hints = [
        ("the sign: a rise is positive; covered minus uncovered, label minus prediction", -rise),
        ("the sign: the map holds rises and falls, no absolute values", rise.abs()),
        ("rows and columns of the map: they are exchanged", rise.T),
        ("the uncovered image: its margin is not subtracted", margin.reshape(side, side)),
        ("the margin: the logit of the prediction is left out", gain),
        ("the margin: the logit of the label is left out", gain - rise),
        ("the margin: the logit of the label is left out", rise - gain),
        ("the margin: logits, not probabilities",
         ((p[:, label] - p[:, prediction]) - (q[:, label] - q[:, prediction])).reshape(side, side)),
    ]  # fmt: skip
    need_shape(found, (side, side), "the map")
    hint = (
        "the rise of the margin at each place: is the image itself among the copies, or an other image, and is "
        "`model` the one that is given?"
    )
    need_close(found, rise, "the map", mistakes=hints, hint=hint)
