"""Exercises 1, 2 and 7: a network that shows its activations, a copy of its parameters, its features."""

from random import randint

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._networks import ENDS, MEANS, built, inputs_for, need_any_layout, outputs_of
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import twin
from course_utils.checks._values import (
    close,
    kind_of,
    need_close,
    need_no_record,
    need_shape,
    need_tensor,
    need_tuple,
)

NAMES = ("z1", "a1", "z2", "a2")


@exercise(1)
def check_cnn(CNN):
    """Check activations and logits of networks with unusual numbers of channels."""
    for out_1, out_2 in ((randint(2, 4), randint(5, 7)), (5, 3)):
        model = built("CNN", CNN, out_1, out_2)
        for name in ("conv1", "conv2", "linear"):
            layer, hint = (
                getattr(model, name, None),
                "the names of the layers, and `self.` before them in __init__",
            )
            if layer is not None:
                hint = f"{name}: that layer alone. ReLU and pooling come later, in the two methods"
            need(
                hasattr(layer, "weight"),
                f"a layer called {name}",
                "none" if layer is None else kind_of(layer),
                hint,
            )
        x = inputs_for(model, 2, 1, 28, 28)
        with torch.no_grad():
            found = need_tuple(Answer("activations", twin(model).activations)(x), NAMES)
            need_activations(found, model, x, (out_1, out_2))
            need_logits(outputs_of("CNN", model, x), model, found[3])
            need_any_layout("CNN", model, x)
    return "activations before and after ReLU, and the logits, agree with a second computation"


def need_activations(found, model, x, channels):
    """Raise unless all four activations are right; lost padding, pooling and ReLU are recognised."""
    z1 = model.conv1(x)
    z2 = model.conv2(F.max_pool2d(z1.relu(), 2))
    shapes = [(2, channels[0], 28, 28)] * 2 + [(2, channels[1], 14, 14)] * 2
    for name, part, shape in zip(NAMES, found, shapes, strict=True):
        need_tensor(part, name)
        told = tuple(part.shape)
        hint = "padding and kernel size"
        if told[1:2] != shape[1:2]:
            hint = "the numbers of channels: `out_1` and `out_2`, whatever they are"
        elif told[-1] != shape[-1] and told[-1] in (7, 14, 28):
            hint = "the pooling: once between the convolutions; a1 and z2 are what comes before a pooling"
        need(told == shape, f"{name} of shape {shape}", f"{told}", hint)
    need_two_sides(found, z1, z2)
    hints, right = list(wrong_activations(model, z1, z2)), (z1, z1.relu(), z2, z2.relu())
    for name, part, value in zip(NAMES, found, right, strict=True):
        need_close(
            part, value, name, mistakes=hints, hint="the order: convolution, ReLU, pooling, convolution, ReLU"
        )


def need_two_sides(found, z1, z2):
    """Raise if an activation before ReLU is that after it."""
    hint = "ReLU: it has changed z in place; then before and after are one and the same"
    for before, after, right in ((*found[:2], z1), (*found[2:], z2)):
        same = close(before, right.relu()) and close(before, after)
        need(not same, "values before ReLU, too", "none below 0", hint)


def wrong_activations(model, z1, z2):
    """Yield (hint, value) for the usual mistakes."""
    unbent = model.conv2(F.max_pool2d(z1, 2))
    mean = model.conv2(F.avg_pool2d(z1.relu(), 2))
    for value in (unbent, unbent.relu()):
        yield "ReLU: the second convolution gets z1, not a1", value
    for value in (mean, mean.relu()):
        yield "the pooling: this is the mean of each block, not its maximum", value
    for value in (z1, z2):
        yield "ReLU: it is missing", value


def need_logits(found, model, a2):
    """Raise unless the logits are those of the pooled second activation."""
    need_shape(found, (2, 10), "logits of 2 images")
    if model.linear.in_features != a2.shape[1] * 49:
        need(False, "a linear layer on what two poolings leave of 28 × 28", f"{model.linear.in_features} inputs",
             "the second pooling: forward needs one more than `activations`")  # fmt: skip
    right = model.linear(F.max_pool2d(a2, 2).flatten(1))
    hints = [(text, change["last"](right)) for text, change in ENDS.items()]
    hints += [(text, model.linear(change["pool"](a2, 2).flatten(1))) for text, change in MEANS.items()]
    need_close(
        found,
        right,
        "the logits",
        mistakes=hints,
        hint="forward: pool a2, flatten it, apply the linear layer",
    )


@exercise(2)
def check_snapshot(snapshot):
    """Check that a copy of the parameters stays as it is when they change."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 2)))
    right = {name: p.detach().clone() for name, p in model.named_parameters()}
    kept = Answer("snapshot", snapshot)(model)
    hint = "what is handed over: a name for each tensor, as in {name: values}"
    need(isinstance(kept, dict), "a dictionary", kind_of(kept), hint)
    hint = "the names: those that named_parameters gives, all of them"
    need(
        set(kept) == set(right),
        f"the names {', '.join(right)}",
        f"{', '.join(map(str, kept)) or 'none'}",
        hint,
    )
    for name, value in kept.items():
        need_tensor(value, name)
        need_no_record(value, f"{name} of the copy")
        need_close(value, right[name], f"the values of {name}", hint="which values are copied")
    with torch.no_grad():
        for p in model.parameters():
            p += 1
    hint = "the memory: detached is not copied, both names still mean the same numbers. What makes a copy?"
    still = all(close(kept[name], right[name]) for name in right)
    need(still, "the copy to stay when a parameter changes", "it changed as well", hint)
    same = all(close(p, right[name] + 1) for name, p in model.named_parameters())
    need(
        same, "the parameters of the model untouched", "changed ones", "what your function does to the model"
    )
    return "all parameters are copied, without gradient record, and stay when the model changes"
