"""Exercises 6 to 8: many networks at once, a band for a fraction, detectors in noise."""

from random import randint

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer, readable
from course_utils.checks._report import exercise
from course_utils.checks._values import need_close, need_shape
from course_utils.checks.detect_patterns_1d.network import network


def patches_of(X):
    """Return the five neighbours of every position, (5, width, N)."""
    return F.pad(X[:, 0], (2, 2)).unfold(1, 5, 1).permute(2, 1, 0)


def random_tensors(k, *lead):
    """Return kernels, biases, votes and bias of a network with k filters, drawn at random."""
    shapes = (k, 1, 5), (k,), (1, k), (1,)
    kernels, biases, votes, bias = (torch.randn(*lead, *shape) for shape in shapes)
    low = torch.linspace(-6.5, 1, k) if k > 1 else torch.tensor([-4.0])  # some filters dead, others never
    return kernels, 0.2 * biases + low, votes, bias


@exercise(6)
def check_logits_of(logits_of):
    """Check the network as a plain function on random tensors, alone and under vmap."""
    answer = Answer("logits_of", logits_of)
    for k in (randint(6, 9), randint(2, 5), 1):
        tensors, X = random_tensors(k), torch.randn(randint(10, 14), 1, 20)
        found = answer(*(t.clone() for t in tensors), patches_of(X))
        right = network(X, *tensors)
        need_shape(found, right.shape, "the logits")
        need_close(found, right, "the logits of random signals", mistakes=wrong_logits(X, *tensors), atol=1e-3,
                   hint="the steps: products with the patches, maximum over positions, bias, ReLU, votes")  # fmt: skip
    stacked = random_tensors(3, 4)
    with readable("logits_of under vmap"):
        found = torch.func.vmap(logits_of, in_dims=(0, 0, 0, 0, None))(*stacked, patches_of(X))
    right = torch.stack([network(X, *(t[i] for t in stacked)) for i in range(4)])
    hint = "what depends on numbers of axes: under vmap, count them from the end, or by name"
    need_close(found, right, "the logits of four networks at once (vmap)", atol=1e-3, hint=hint)
    return "the logits of random signals are those of the five layers, one network or four at once"


def wrong_logits(X, kernels, biases, votes, bias):
    """Yield (hint, logits) for the usual mistakes."""
    yield (
        "ReLU: it is missing, or applied before the bias is added",
        network(X, kernels, biases, votes, bias, relu=False),
    )
    yield "the biases of the filters: they are missing", network(X, kernels, 0 * biases, votes, bias)
    yield "the last bias: it is missing", network(X, kernels, biases, votes, 0 * bias)
    mean = torch.relu(F.conv1d(X, kernels, biases, padding=2).mean(2))
    yield "the pooling: this is the mean over positions", F.linear(mean, votes, bias)
    yield (
        "the pooling: this is the mean over positions",
        network(X, kernels, biases, votes, bias, pool=torch.mean),
    )
    yield (
        "the pooling: this is the smallest response",
        network(X, kernels, biases, votes, bias, pool=torch.amin),
    )
    yield (
        "the end: the result should be a logit, without sigmoid",
        network(X, kernels, biases, votes, bias).sigmoid(),
    )
