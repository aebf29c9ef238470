"""Exercises 1 and 5: images as features of a network, and three ways to represent them."""

from random import randint, sample

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import names_replaced, notebook
from course_utils.checks._values import close, kind_of, need_close, need_no_record, need_shape, need_tensor
from course_utils.pretrained import standardize

ENLARGED = (
    {"mode": "bilinear"},
    {"mode": "bicubic"},
    {"mode": "nearest"},
    {"mode": "bilinear", "align_corners": True},
)


@exercise(1)
def check_represent(represent):
    """Check the features of random images in random networks, after a layer drawn at random."""
    answer, channels = Answer("represent", represent), randint(4, 7)
    network = nn.Sequential(
        nn.Conv2d(3, channels, 5, stride=4),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(channels, 6, 3, padding=1),
        nn.ReLU(),
    )
    network = network.requires_grad_(True)
    before = [p.detach().clone() for p in network.parameters()]
    for layer in (2, 1, 3):
        images = torch.rand(randint(2, 4), 3, 48, 48)
        found = answer(network, images.clone(), layer)
        need_tensor(found, "the features")
        need_no_record(found, "features")
        need_features(found, network, images, layer, notebook(represent))
    same = all(map(close, before, network.parameters()))
    need(same, "the network as it was", "changed weights", "what your function does to the network")
    return "after any layer, features of random images are the averages over four quarters"


def maps_of(network, images, layer, *, standardized=True, size=96, **mode):
    """Return the maps after a layer, for images that were enlarged in some way."""
    with torch.no_grad():
        large = F.interpolate(images, (size, size), **mode) if size else images
        return network[: layer + 1](standardize(large) if standardized else large)


def other_networks(images, layer, names):
    """Yield (hint, features) for a network of the notebook in place of the one that the function is given."""
    for name in ("trained", "untrained"):
        for last in (layer, layer - 1) if isinstance(names.get(name), nn.Sequential) else ():
            maps = maps_of(names[name], images, last, **ENLARGED[0])
            hint = f"the network: the one that the function is given, not `{name}`"
            yield hint, F.adaptive_avg_pool2d(maps, 2).flatten(1)


def need_features(found, network, images, layer, names):
    """Raise unless these are the features after the layer; every usual way to enlarge is right."""
    accepted = [maps_of(network, images, layer, **mode) for mode in ENLARGED]
    wanted = [F.adaptive_avg_pool2d(maps, 2).flatten(1) for maps in accepted]
    if any(found.shape == value.shape and close(found, value) for value in wanted):
        return
    hints = [*wrong_features(network, images, layer), *other_networks(images, layer, names)]
    cause = next((hint for hint, value in hints if value.shape == found.shape and close(found, value)), None)
    told = f"features of {len(images)} images after layer {layer}"
    need(found.shape == wanted[0].shape or not cause, told, kind_of(found), cause)
    need_shape(found, wanted[0].shape, told)
    need_close(found, wanted[0], told, mistakes=hints, hint="the four steps of the text, in their order")


def wrong_features(network, images, layer):
    """Return (hint, features) for the usual mistakes."""
    mode = ENLARGED[0]
    maps = maps_of(network, images, layer, **mode)
    others = {
        "the standardization: it is missing": maps_of(network, images, layer, standardized=False, **mode),
        "the size: the images are not enlarged": maps_of(network, images, layer, size=0, **mode),
        "the slice: `features[layer]` itself is left out": maps_of(network, images, layer - 1, **mode),
        "the slice: it goes one layer too far": maps_of(network, images, layer + 1, **mode),
        "the slice: this is the whole network, whatever `layer` says": maps_of(network, images, 4, **mode),
        "the size: 96 × 96, however small the images are": maps_of(network, images, layer, size=224, **mode),
    }
    hints = [(hint, F.adaptive_avg_pool2d(value, 2).flatten(1)) for hint, value in others.items()]
    return [
        *hints,
        (
            "the quarters: this is the largest value of each, not the average",
            F.adaptive_max_pool2d(maps, 2).flatten(1),
        ),
        (
            "the order of the numbers: flatten as it is, channels first",
            F.adaptive_avg_pool2d(maps, 2).permute(0, 2, 3, 1).flatten(1),
        ),
        ("the quarters: this is one average over the whole image", maps.mean((2, 3))),
        ("the quarters: there are four, two by two, not more", F.adaptive_avg_pool2d(maps, 4).flatten(1)),
        ("the quarters: the maps are not averaged", maps.flatten(1)),
        (
            "the quarters: this averages blocks of 2 × 2; `adaptive` makes the result 2 × 2",
            F.avg_pool2d(maps, 2).flatten(1),
        ),
    ]


def need_three_ways(three_ways):
    """Raise unless the function gives pixels and features, with small stand-ins for both networks."""
    answer, images = Answer("three_ways", three_ways), torch.rand(randint(3, 6), 3, 8, 8)

    def represent(features, images, layer):
        return images.flatten(1)[:, :5] * (2 if features == "trained" else 3) + layer

    layers = notebook(three_ways).get("layers", {})
    for best in sample(list(layers), min(2, len(layers))):
        shown = {"represent": represent, "trained": "trained", "untrained": "untrained", "best": best}
        with names_replaced(three_ways, **shown):
            need_ways(answer(images.clone()), images, layers, best)


def need_ways(found, images, layers, best):
    """Raise unless the three representations are right, as the stand-in for `represent` makes them."""
    hint = "what is handed over: {name: values} for the three names of the text"
    need(isinstance(found, dict), "a dictionary", kind_of(found), hint)
    names = ["pixels", "untrained features", "trained features"]
    told = ", ".join(map(str, found)) or "none"
    need(
        list(found) == names,
        f"the names {', '.join(names)}, in this order",
        told,
        "the names, letter by letter",
    )
    layer, part = layers.get(best, 0), images.flatten(1)[:, :5]
    need_shape(found["pixels"], (len(images), 192), "pixels")
    need_close(
        found["pixels"], images.flatten(1), "pixels", hint="the images that the function is given, flattened"
    )
    for name, factor, other in (("untrained features", 3, 2), ("trained features", 2, 3)):
        value, right = found[name], factor * part + layer
        need_tensor(value, name)
        hint = "the images: those that the function is given, not a name of the notebook"
        need(len(value) == len(images), f"{name} of {len(images)} images", f"{len(value)} rows", hint)
        hints = [("the two networks: they are exchanged, or one is used twice", other * part + layer)]
        hints += [
            ("the layer: your best one, `layers[best]`, for both", factor * part + k) for k in layers.values()
        ]
        need_close(
            value, right, name, mistakes=hints, hint="images, network and layer: `represent` gets all three"
        )
