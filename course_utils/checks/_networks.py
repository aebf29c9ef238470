"""Small models and inputs for the checks; a network's parameters by their sizes."""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import CheckFailed, need
from course_utils.checks._trace import twin
from course_utils.checks._values import kind_of

ENDS = {  # what comes after the logits and must not; ``last`` does it
    "the end: a softmax there comes too early, the loss contains its own": {"last": lambda z: z.softmax(1)},
    "the end: a log-softmax there comes too early, the loss contains its own": {
        "last": lambda z: z.log_softmax(1)
    },
    "the end: the logits need no ReLU, they may be negative": {"last": torch.relu},
    "the end: no sigmoid there, logits may have any size": {"last": torch.sigmoid},
}
MEANS = {"the pooling: this is the mean of each block, not its maximum": {"pool": F.avg_pool2d}}
BENT = {  # what is there in the place of a ReLU
    "ReLU: there is a sigmoid in its place": torch.sigmoid,
    "ReLU: there is a tanh in its place": torch.tanh,
    "ReLU: there is a leaky one in its place, which lets a little of what is negative through": F.leaky_relu,
}


class Spy(nn.Module):
    """A small classifier that notes in which mode, and with how many examples, it was called."""

    def __init__(self, inputs=16, classes=3):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(inputs, 6), nn.Tanh(), nn.Linear(6, classes))
        self.modes, self.sizes = [], []

    def forward(self, x):
        self.modes.append(self.training)
        self.sizes.append(len(x))
        return self.layers(x)


def built(name, make, *arguments):
    """Return the module that a class or function of the student makes."""
    hint = f"`{name}`: the class or function, not what it has made. Later cells call it for fresh networks"
    need(not isinstance(make, nn.Module), f"{name} to make a network when it is called", "a network", hint)
    model = Answer(name, make)(*arguments)
    need(isinstance(model, nn.Module), f"{name} to give an nn.Module", kind_of(model), "what it returns")
    return model


def end_hint(model):
    """Return what to look at if a model ends with a function that belongs to the loss; None if it does not."""
    last = (list(model.children()) or [model])[-1]
    if isinstance(last, (nn.Softmax, nn.LogSoftmax, nn.Sigmoid, nn.ReLU)):
        return f"the end: no {type(last).__name__} there, for the loss takes logits, and does the rest itself"
    return None


def inputs_for(model, *shape):
    """Return random inputs of the type, and on the device, of a model's parameters."""
    like = next(model.parameters(), torch.zeros(()))
    return torch.randn(shape).to(like)


def outputs_of(name, model, x):
    """Return a model's outputs as the model stands, without gradient record and without a trace in it."""
    with torch.no_grad():
        found = Answer(name, twin(model))(x)
    hint = "what forward returns: one tensor, the logits, and nothing else"
    need(isinstance(found, torch.Tensor), f"{name} to give a tensor", kind_of(found), hint)
    return found


def need_gradients(name, model, x):
    """Raise unless a gradient reaches every parameter of a model, so that all of it can be trained."""
    model = twin(model).requires_grad_()
    with torch.enable_grad():
        loss = Answer(name, model)(x).square().sum()
    reached = (
        torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        if loss.requires_grad
        else [None]
    )
    cut = [n for (n, _), g in zip(model.named_parameters(), reached, strict=False) if g is None]
    told = f"none reaches {cut[0]}, so that training would never change it" if cut else ""
    hint = "the way from the images to the logits: `detach`, `no_grad` or `.data` cuts the gradient record"
    need(not cut, "a gradient for every parameter", told, hint)


def need_any_layout(name, model, x):
    """Raise unless a model also works when PyTorch keeps its channels last in memory, as the labs ask for."""
    told = f"{name}, with its channels last in memory, as the cell below has it,"
    outputs_of(told, twin(model).to(memory_format=torch.channels_last), x)


def need_counts(model, expected):
    """Raise unless a model has so many parameters in each layer; some usual causes are recognised."""
    found = layer_counts(model)
    if sum(found) == sum(expected):
        return
    hint = (
        "each layer's channels, kernel size and padding: which of these numbers is not as you worked it out?"
    )
    if not found:
        hint = (
            "where the layers are: a module knows none in a plain list, without `self`, or made in `forward`"
        )
    elif len(found) != len(expected):
        hint = f"the layers with parameters: you have {len(found)} of them"
    elif not any(name.endswith("bias") for name, _ in model.named_parameters()):
        hint = "the biases: they are left out"
    told = " + ".join(map(str, found)) or "none"
    total = f"{sum(expected)} parameters in {len(expected)} layers"
    raise CheckFailed(total, f"{sum(found)}: {told}", hint)


def layer_counts(model):
    """Return the number of parameters of each module that has some of its own."""
    own = (sum(p.numel() for p in part.parameters(recurse=False)) for part in model.modules())
    return [count for count in own if count]


def by_size(model, *shapes):
    """Return a model's weights in these shapes: found by their numbers of elements, transposed if need be."""
    found = []
    for shape in shapes:
        size = torch.Size(shape).numel()
        fitting = [p for p in model.parameters() if p.numel() == size]
        need(
            fitting, "layers with the channels and kernel sizes of the text", "other sizes", "layer by layer"
        )
        weight = fitting[0].detach()
        swapped = weight.ndim == 2 and tuple(weight.shape) == tuple(shape)[::-1]
        found.append(weight.T if swapped else weight.reshape(shape))
    return found


def randomised(model, *, spread=1.0):
    """Return a copy of a model with parameters drawn anew, so that no layer is close to doing nothing."""
    model = twin(model)
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(0, spread / max(1, p[0].numel()) ** 0.5)
    return model
