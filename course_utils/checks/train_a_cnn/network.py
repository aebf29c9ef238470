"""Exercise 1: the network."""

import torch.nn.functional as F

from course_utils.checks._networks import (
    BENT,
    ENDS,
    MEANS,
    built,
    by_size,
    inputs_for,
    need_any_layout,
    need_counts,
    need_gradients,
    outputs_of,
)
from course_utils.checks._report import exercise
from course_utils.checks._trace import twin
from course_utils.checks._values import close, need_close, need_shape


def plain(z):
    """Return what is given, as a network without ReLU does."""
    return z


MISTAKES = {
    **ENDS,
    "ReLU: there is none after the convolutions": {"bend": (plain, plain)},
    "ReLU: there is none after the first convolution": {"bend": (plain, F.relu)},
    "ReLU: there is none after the second convolution": {"bend": (F.relu, plain)},
    **{hint: {"bend": (other, other)} for hint, other in BENT.items()},
    **MEANS,
}


@exercise(1)
def check_network(CNN):
    """Check the class of the network: its parameters, and the logits of random images."""
    model = built("CNN", CNN)
    x = inputs_for(model, 3, 1, 28, 28)
    found = outputs_of("CNN", model, x)
    need_shape(found, (3, 10), "logits for 3 images")
    need_any_layout("CNN", model, x)
    need_counts(model, (260, 5020, 3210))
    right = right_logits(model, x, found)
    calm = outputs_of("CNN", twin(model).eval(), x)
    dropout = [("a layer that acts in training only, such as dropout: there is none in this network", found)]
    acts = close(calm, right_logits(model, x, calm)) and not close(calm, found)
    mistakes = dropout if acts else wrong_logits(model, x)
    hint = "forward: the order of the steps, and whether each layer is used once"
    need_close(found, right, "the logits of random images", mistakes=mistakes, hint=hint)
    need_gradients("CNN", model, x)
    return "8490 parameters, and the logits of random images are those of the three lines"


def right_logits(model, x, found):
    """Return the logits with the biases assigned as they fit: two of them have the same size."""
    variants = [network(x, *weights) for weights in assignments(model)]
    return next((value for value in variants if close(found, value)), variants[0])


def assignments(model):
    """Return the weights in both ways to assign the two biases of 10 numbers."""
    W1, W2, b2, W3 = by_size(model, (10, 1, 5, 5), (20, 10, 5, 5), (20,), (10, 320))
    tens = [p.detach().flatten() for p in model.parameters() if p.numel() == 10]
    return [(W1, first, W2, b2, W3, last) for first, last in (tens, tens[::-1])]


def wrong_logits(model, x):
    """Yield (hint, logits) for the usual mistakes."""
    for weights in assignments(model):
        for hint, mistake in MISTAKES.items():
            yield hint, network(x, *weights, **mistake)


def network(x, *weights, bend=(F.relu, F.relu), pool=F.max_pool2d, last=plain):
    """Return the logits of the lab's network, or of one with a mistake in it."""
    W1, b1, W2, b2, W3, b3 = weights
    for W, b, bent in ((W1, b1, bend[0]), (W2, b2, bend[1])):
        x = pool(bent(F.conv2d(x, W, b)), 2)
    return last(F.linear(x.flatten(1), W3, b3))
