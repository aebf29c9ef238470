"""Exercise 7: what blocks of the network make of images."""

from random import randint

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import (
    close,
    kind_of,
    need_close,
    need_no_record,
    need_shape,
    need_tensor,
)


class Small(nn.Module):
    """The lab's network with three and two channels."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 5, padding=2), nn.Conv2d(3, 2, 5, padding=2)
        self.linear = nn.Linear(2 * 49, 10)

    def activations(self, x):
        """Return both convolutions before and after ReLU."""
        z1 = self.conv1(x)
        z2 = self.conv2(F.max_pool2d(z1.relu(), 2))
        return z1, z1.relu(), z2, z2.relu()

    def forward(self, x):
        """Return the logits."""
        return self.linear(F.max_pool2d(self.activations(x)[-1], 2).flatten(1))


@exercise(7)
def check_features(features):
    """Check the features after none, one and two blocks, for more images than one batch of 1,000 holds."""
    answer = Answer("features", features)
    for n, blocks in ((randint(3, 9), 0), (randint(3, 9), 1), (randint(3, 9), 2), (1000 + randint(3, 9), 1)):
        model = Small().to(memory_format=torch.channels_last)  # as the lab's own networks are
        need_features(answer, model, torch.randn(n, 1, 28, 28), blocks)
    return "pixels for 0 blocks, and for 1 and 2 what a second computation gives"


def averaged(a):
    """Return the mean of each block of 2 × 2."""
    return F.avg_pool2d(a, 2)


def need_features(answer, model, images, blocks):
    """Raise unless the features after so many blocks are right; lost steps and batches are recognised."""
    found = answer(model, images.clone(), blocks)
    with torch.no_grad():
        z1, a1, z2, a2 = model.activations(images)
    first, second = F.max_pool2d(a1, 2), F.max_pool2d(a2, 2)
    right = (images, first, second)[blocks].flatten(1)
    mistakes = {
        "the pooling: it is missing after the last block": (images, a1, a2)[blocks],
        "ReLU: it is missing": (images, F.max_pool2d(z1, 2), F.max_pool2d(z2, 2))[blocks],
        "the number of blocks: one too many": (first, second, second)[blocks],
        "the number of blocks: all of them, whatever is asked for": second,
        "the number of blocks: one too few": (images, images, first)[blocks],
        "the pooling: this is the mean of each block, not its maximum": (images, averaged(a1), averaged(a2))[
            blocks
        ],
    }
    need_tensor(found, "the features")
    need_no_record(found, "features")
    hint = "the axes: one row for each image. Flatten keeps the first axis; torch.cat puts batches one below the other"
    need(
        found.ndim not in (1, 3),
        f"features of shape {tuple(right.shape)}",
        f"shape {tuple(found.shape)}",
        hint,
    )
    hint = "the last batch: are all batches kept and put together?"
    need(len(found) == len(images), f"a row for each of {len(images)} images", f"{len(found)} rows", hint)
    need_places(found, right, mistakes, f"features after {blocks} block{'s' * (blocks != 1)}")


def need_places(found, right, mistakes, told):
    """Raise unless the features agree; ``mistakes`` are of the shapes that the layers give."""
    others = {text: value.flatten(1) for text, value in mistakes.items() if value.numel() != right.numel()}
    cause = next((text for text, value in others.items() if close(found.flatten(1), value)), None)
    need(cause is None, told, kind_of(found), cause)
    hint = "`model`: the one that the function is given, not the one of the notebook"
    need(found.shape[1] not in (3136, 1568), told, kind_of(found), hint)
    need_shape(found, right.shape, told)
    hints = [(text, value.flatten(1)) for text, value in mistakes.items() if value.numel() == right.numel()]
    need_close(
        found, right, told, mistakes=hints, hint="convolution, ReLU, pooling; and the order of the batches"
    )
