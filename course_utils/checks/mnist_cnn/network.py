"""Exercises 2, 4 and 8: the network, its filters before training, its first layer."""

from random import randint

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._networks import ENDS, MEANS, end_hint, inputs_for, need_counts, outputs_of
from course_utils.checks._report import exercise, need, still_open
from course_utils.checks._values import (
    kind_of,
    need_close,
    need_no_record,
    need_shape,
    need_tensor,
)

NETWORKS = {**ENDS, "ReLU: there is none after the convolution": {"relu": False}, **MEANS}


def network(x, W, b, votes, bias, *, relu=True, pool=F.max_pool2d, last=lambda z: z):
    """Return the logits of the lab's network, or of one with a mistake."""
    maps = F.conv2d(x, W, b, padding=2)
    return last(F.linear(pool(maps.relu() if relu else maps, 2).flatten(1), votes, bias))


@exercise(2)
def check_model(model):
    """Check the five-layer network on random images."""
    if model is None or model is Ellipsis:
        raise still_open("model")
    hint = "`model`: the network itself, not a class or function that makes one"
    need(isinstance(model, nn.Module), "model, an nn.Sequential", kind_of(model), hint)
    hint = "an nn.Sequential of the five layers in the order of the text: later cells look into it layer by layer"
    found = f"{type(model).__name__} of {len(list(model.children()))} layers"
    hint = end_hint(model) or hint
    need(isinstance(model, nn.Sequential) and len(model) == 5, "a Sequential of five layers", found, hint)
    x = inputs_for(model, 3, 1, 28, 28)
    found = outputs_of("model", model, x)
    need_shape(found, (3, 10), "logits of 3 images")
    need_maps(outputs_of("the first layer", model[0], x))
    need_counts(model, (208, 15690))
    parts = [getattr(model[i], name, None) for i in (0, 4) for name in ("weight", "bias")]
    need(all(p is not None for p in parts), "weights in the first and the last layer", "none", hint)
    weights = [p.detach() for p in parts]
    wrong = ((text, network(x, *weights, **change)) for text, change in NETWORKS.items())
    need_close(found, network(x, *weights), "the logits of random images", mistakes=wrong, hint=hint)
    return "15,898 parameters, and the logits of random images are those of the five layers"


def need_maps(maps):
    """Raise unless the first layer gives eight maps of the size of the image."""
    side = maps.shape[-1]
    hint = "the stride: a filter should stop at every pixel" if side < 20 else "the padding"
    need(side == 28, "feature maps of 28 × 28, like the image", f"{side} × {side}", hint)
    need(maps.shape[1] == 8, "8 feature maps", f"{maps.shape[1]}", "the number of output channels")


@exercise(4)
def check_filters_before(filters_before, untrained):
    """Check that the filters are those of the untrained network."""
    if filters_before is None or filters_before is Ellipsis:
        raise still_open("filters_before")
    need_tensor(filters_before, "filters_before")
    weight = untrained[0].weight.detach()
    need_shape(filters_before, (8, 5, 5), "filters_before")
    hints = [
        ("rows and columns: they are exchanged", weight[:, 0].mT),
        ("the sign or the scale: show the weights as they are", weight[:, 0] / weight.abs().max()),
        ("the sign or the scale: show the weights as they are", -weight[:, 0]),
    ]
    hint = "the network: `untrained`, and its first layer"
    need_close(
        filters_before, weight[:, 0], "the weights of the first layer", mistakes=hints, hint=hint, atol=1e-6
    )
    need_no_record(filters_before, "filters")
    largest = filters_before.abs().max().item()
    hint = "`untrained`: it has been trained, or copied too late; run the cells from Exercise 2 on again"
    need(largest <= 0.2 + 1e-6, "fresh weights within ±0.2", f"{largest:.2f}", hint)
    return "eight fresh filters, within ±0.2 as PyTorch draws them"


@exercise(8)
def check_first_layer(first_layer):
    """Check the feature maps after convolution and ReLU on networks and images drawn at random."""
    answer = Answer("first_layer", first_layer)
    for n in (randint(2, 4), 1):
        model = nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(8 * 14 * 14, 10),
        )
        images = torch.randn(n, 1, 28, 28)
        found = answer(model, images.clone())
        need_tensor(found, "the maps")
        need_maps_after(found, model, images)
    return "the maps of random networks and images are those after convolution and ReLU"


def need_maps_after(found, model, images):
    """Raise unless these are the maps after convolution and ReLU; lost or added steps are recognised."""
    with torch.no_grad():
        before, bent, pooled = model[0](images), model[:2](images), model[:3](images)
        plain = F.conv2d(images, model[0].weight, padding=2).relu()
    hint = "the pooling: it comes after the layers asked for"
    need(found.shape != pooled.shape, "maps of 28 × 28", "maps of 14 × 14", hint)
    hint = "the convolution: it is left out, or what it gives does not go into the ReLU"
    need(found.shape != (*images.shape[:2], *found.shape[2:]), "8 maps of each image", "1 map", hint)
    need_shape(found, bent.shape, f"maps of {len(images)} images")
    hints = [
        ("ReLU: it is missing, some values are negative", before),
        ("the bias: it is missing", plain),
        ("ReLU: this keeps the size of negative values", before.abs()),
    ]
    hint = (
        "the two layers; and the model: it is the one that the function is given, not a name of the notebook"
    )
    need_close(found, bent, "the maps of random images", mistakes=hints, hint=hint, atol=1e-5)
    need_no_record(found, "maps")
