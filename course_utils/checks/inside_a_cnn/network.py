"""Exercise 1: a network that shows its activations."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer
from course_utils.checks._networks import (
    BENT,
    ENDS,
    MEANS,
    built,
    inputs_for,
    need_any_layout,
    need_gradients,
    outputs_of,
)
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import twin
from course_utils.checks._values import (
    close,
    kind_of,
    need_close,
    need_shape,
    need_tensor,
    need_tuple,
)

NAMES = ("z1", "a1", "z2", "a2")


@exercise(1)
def check_cnn(CNN):
    """Check activations and logits of networks with unusual numbers of channels."""
    for out_1, out_2 in ((randint(2, 4), randint(5, 7)), (5, 3)):
        told = f"CNN(out_1={out_1}, out_2={out_2})"
        model = built(told, CNN, out_1, out_2)
        need_layers(model)
        x = inputs_for(model, 2, 1, 28, 28)
        hint = "the names of the methods: are they those of the given lines, and is the method in the class?"
        need(hasattr(model, "activations"), "a method called activations", "none", hint)
        with torch.no_grad():
            found = need_tuple(Answer("activations", twin(model).activations)(x), NAMES, "activations")
            need_activations(found, model, x, (out_1, out_2))
            need_kernels(model, (out_1, 1), (out_2, out_1))
            need_logits(outputs_of(told, model, x), model, found)
            need_any_layout(told, model, x)
        need_gradients(told, model, x)
    return "activations before and after ReLU, and the logits, agree with a second computation"


def need_layers(model):
    """Raise unless a model has its three layers with parameters under their names."""
    for name in ("conv1", "conv2", "linear"):
        layer = getattr(model, name, None)
        hint = "the names of the layers, and `self.` before them in __init__"
        if layer is not None:
            hint = f"{name}: that layer alone. ReLU and pooling come later, in the two methods"
        found = "none" if layer is None else kind_of(layer)
        need(hasattr(layer, "weight"), f"a layer called {name}", found, hint)


def need_kernels(model, *channels):
    """Raise unless both convolutions have kernels of 5 × 5, biases, and zeros around the image."""
    for name, (out, into) in zip(("conv1", "conv2"), channels, strict=True):
        layer = getattr(model, name)
        hint = f"{name}: the kernel size of the text, and the padding that goes with it"
        need_shape(layer.weight, (out, into, *layer.weight.shape[2:]), f"the weight of {name}")
        size = tuple(layer.weight.shape[2:])
        need(size == (5, 5), f"kernels of 5 × 5 in {name}", " × ".join(map(str, size)), hint)
        plain = layer.bias is not None and getattr(layer, "padding_mode", "zeros") == "zeros"
        hint = f"the settings of {name}: kernel size and padding, and nothing else"
        need(plain, f"{name} with a bias, and zeros around the image", "another setting", hint)


def need_activations(found, model, x, channels):
    """Raise unless all four activations are right; lost padding, pooling and ReLU are recognised."""
    z1 = model.conv1(x)
    unlike = "what goes into {}: this is the shape of the first block's answer"
    shapes = [(2, channels[0], 28, 28)] * 2 + [(2, channels[1], 14, 14)] * 2
    for name, part, shape in zip(NAMES, found, shapes, strict=True):
        need_tensor(part, name)
        told = tuple(part.shape)
        hint = "padding and kernel size" + ", and the pooling between the convolutions" * (name[1] == "2")
        if name[1] == "2" and told == shapes[0]:
            hint = unlike.format(name)
        elif told[1:2] != shape[1:2]:
            hint = "the numbers of channels: `out_1` and `out_2`, whatever they are"
        elif told[-1] != shape[-1] and told[-1] in (7, 14, 28):
            hint = "the pooling: once between the convolutions; a1 and z2 are what comes before a pooling"
        need(told == shape, f"{name} of shape {shape}", f"{told}", hint)
    z2 = model.conv2(F.max_pool2d(z1.relu(), 2))
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
    for hint, other in BENT.items():
        yield hint, other(z1)


def need_logits(found, model, activations):
    """Raise unless the logits are those of the pooled second activation."""
    *_, z2, a2 = activations
    need_shape(found, (2, 10), "logits of 2 images")
    if model.linear.in_features != a2.shape[1] * 49:
        need(False, "a linear layer on what two poolings leave of 28 × 28", f"{model.linear.in_features} inputs",
             "the second pooling: forward needs one more than `activations`")  # fmt: skip
    right = model.linear(F.max_pool2d(a2, 2).flatten(1))
    hints = [(text, change["last"](right)) for text, change in ENDS.items()]
    hints += [(text, model.linear(change["pool"](a2, 2).flatten(1))) for text, change in MEANS.items()]
    hints += [
        ("ReLU: the linear layer gets z2, pooled, not a2", model.linear(F.max_pool2d(z2, 2).flatten(1)))
    ]
    need_close(
        found,
        right,
        "the logits",
        mistakes=hints,
        hint="forward: pool a2, flatten it, apply the linear layer",
    )
