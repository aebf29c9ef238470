"""The layers beyond the first in a FilterExplorer: all their units, by patches and maps made in Python.

What is shown of a layer comes in sheets: pictures of many tiles, read when a reader chooses the layer.
"""

from itertools import pairwise

import torch
from torch import nn

from course_utils.data import photo
from course_utils.patches import receptive_field
from course_utils.widgets._filters_sheets import BESIDE, cut_out, map_sheet, patch_sheet, to_bytes
from course_utils.widgets._filters_values import PHOTOS

BEST, EACH, BLOCK = 9, 3, 64  # patches of a unit, of them from one photograph, units in one sheet of patches
LARGE, COLLECTION = 224, 400  # pixels of the photographs whose maps are shown, and of those that are searched


def large_photographs():
    """Return the three photographs at the size that AlexNet was trained on: a tensor (3, 3, 224, 224)."""
    return torch.stack([photo(name, LARGE) for name in PHOTOS])


def collection():
    """Return the four photographs that are searched for patches: a tensor (4, 3, 400, 400)."""
    return torch.stack([photo(name, COLLECTION) for name in (*PHOTOS, "rocket")])


def sequential(model):
    """Return the convolutional part of a model as a plain ``nn.Sequential`` of known layers, or None."""
    features = getattr(model, "features", model)
    if not isinstance(features, nn.Sequential):
        return None
    try:
        receptive_field(features, len(features) - 1)
    except TypeError:
        return None
    return features


def depths(features):
    """Return the numbers of the layers after which the second, third … convolution (with ReLU) has acted."""
    found = []
    for at, (layer, after) in enumerate(pairwise([*features, None])):
        if isinstance(layer, nn.Conv2d):
            found.append(at + 1 if isinstance(after, nn.ReLU) else at)
    return found[1:]


@torch.no_grad()
def deep_layers(model, prepare):
    """Return one JSON-able dict for each convolution after the first; none of a model that is no plain sequence.

    Parameters
    ----------
    model : torch.nn.Module
    prepare : callable
        From images in [0, 1] to the network's input.
    """
    features = sequential(model)
    out, before, maps = [], 0, None if features is None else prepare(collection())
    for number, at in enumerate([] if features is None else depths(features), 2):
        maps, before = features[before : at + 1](maps), at + 1
        field = receptive_field(features, at)
        if field.size > COLLECTION:
            break
        top, mean = maps.amax((0, 2, 3)), maps.mean((0, 2, 3))
        out.append(
            {
                "name": f"conv{number}",
                "depth": at + 1,
                "count": maps.shape[1],
                "best": BEST,
                "pixels": LARGE,
                "top": [float(f"{v:.3g}") for v in top.tolist()],
                "mean": [float(f"{v:.2g}") for v in mean.tolist()],
                "field": list(field),
                "map": list(features[: at + 1](torch.zeros(1, 3, LARGE, LARGE)).shape[2:]),
            }
        )
    return out


@torch.no_grad()
def sheets(model, layer, prepare):
    """Return the pictures of a layer as data URIs.

    Parameters
    ----------
    model : torch.nn.Module
    layer : dict
        One of `deep_layers`.
    prepare : callable

    Returns
    -------
    dict
        ``faces``, the strongest patch of every unit; ``patches``, a list, each with the nine strongest
        patches of 64 units; ``maps``, a list, one for each photograph.
    """
    features, photos = sequential(model)[: layer["depth"]], collection()
    searched, seen = (features(prepare(images)) for images in (photos, large_photographs()))
    field = receptive_field(features, len(features) - 1)
    tiles = cut_out(photos, strongest_places(searched, field, COLLECTION), field)
    blocks = [tiles[i : i + BLOCK] for i in range(0, len(tiles), BLOCK)]
    return {
        "faces": patch_sheet(tiles[:, 0], BESIDE),
        "patches": [patch_sheet(block.reshape(-1, *tiles.shape[2:]), BEST) for block in blocks],
        "maps": [map_sheet(maps) for maps in to_bytes(seen)],
    }


def strongest_places(maps, field, pixels):
    """Return the places of the nine largest values of each channel of (N, C, h, w): int (C, 9, 3).

    A place is (image, row, column). Its receptive field lies within the ``pixels``, at most three
    places are of one image, and those do not overlap by more than half; -1 where there are no more.
    """
    count, channels, height, width = maps.shape
    values = maps.transpose(0, 1).clone()
    axes = [torch.arange(length) for length in (count, height, width)]
    for axis, dim in ((axes[1], 2), (axes[2], 3)):
        first = field.first + field.stride * axis
        values.index_fill_(dim, axis[(first < 0) | (first + field.size > pixels)], -torch.inf)
    apart, used = max(1, field.size // (2 * field.stride)), torch.zeros(channels, count)
    found = []
    for _ in range(BEST):
        top, at = values.flatten(1).max(1)
        place = torch.stack([at // (height * width), at // width % height, at % width], 1)
        found.append(torch.where(top[:, None] > -torch.inf, place, -1))
        far = [(axis - p[:, None]).abs() for axis, p in zip(axes, place.T, strict=True)]
        near = (far[1] <= apart)[:, None, :, None] & (far[2] <= apart)[:, None, None, :]
        values[(far[0] == 0)[:, :, None, None] & near] = -torch.inf
        used += far[0] == 0
        values[used >= EACH] = -torch.inf
    return torch.stack(found, 1)
