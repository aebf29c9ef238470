"""The layers beyond the first in a FilterExplorer: their choosiest units, by patches and maps made in Python."""

import base64
import io
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from course_utils.data import photo
from course_utils.patches import receptive_field, strongest_patches
from course_utils.widgets._filters_values import PHOTOS

UNITS, BEST, SIDE, BESIDE = (
    48,
    8,
    28,
    8,
)  # units of a layer, patches of each, pixels of a patch, maps in a row
LARGE, COLLECTION = 224, 400  # pixels of the photographs whose maps are shown, and of those that are searched


def large_photographs():
    """Return the three photographs at the size that AlexNet was trained on: a tensor (3, 3, 224, 224)."""
    return torch.stack([photo(name, LARGE) for name in PHOTOS])


def of_photographs(model, mean, std):
    """Return `deep_layers` of a model for the photographs of the course; none of one that is no plain sequence."""
    features = sequential(model)
    if features is None:
        return []
    searched = torch.stack([photo(name, COLLECTION) for name in (*PHOTOS, "rocket")])
    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (mean, std))
    return deep_layers(features, large_photographs(), searched, lambda x: (x - mean) / std)


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
def deep_layers(features, images, photos, prepare):
    """Return one JSON-able dict for each convolution after the first.

    Parameters
    ----------
    features : torch.nn.Sequential
    images : Tensor, (M, 3, 224, 224)
        In [0, 1]; their maps are shown.
    photos : Tensor, (N, 3, H, W)
        In [0, 1]; they are searched for patches.
    prepare : callable
        From images to the network's input.
    """
    out, before, seen, searched = [], 0, prepare(images), prepare(photos)
    for number, at in enumerate(depths(features), 2):
        seen, searched = (features[before : at + 1](x) for x in (seen, searched))
        before = at + 1
        units = choosiest(searched)
        patches, _ = strongest_patches(features, photos, at, units.tolist(), n=BEST, prepare=prepare)
        field = receptive_field(features, at)
        out.append(
            {
                "name": f"conv{number}",
                "depth": at + 1,
                "count": searched.shape[1],
                "best": BEST,
                "pixels": images.shape[-1],
                "units": units.tolist(),
                "top": [round(v, 3) for v in searched.amax((0, 2, 3))[units].tolist()],
                "mean": [round(v, 5) for v in searched.mean((0, 2, 3))[units].tolist()],
                "field": list(field),
                "map": list(seen.shape[2:]),
                "patches": patch_sheet(patches),
                "maps": [map_sheet(m) for m in to_bytes(seen[:, units])],
            }
        )
    return out


def choosiest(maps):
    """Return the numbers of the 48 channels of (N, C, h, w) whose largest value is the largest multiple of the mean."""
    top, mean = maps.amax((0, 2, 3)), maps.mean((0, 2, 3))
    return (top / mean.clamp(min=1e-3)).topk(min(UNITS, maps.shape[1])).indices.sort().values


def to_bytes(maps):
    """Return maps (M, U, h, w) as uint8 arrays: 255 is a unit's strongest answer in all of them, 0 is none."""
    top = maps.amax((0, 2, 3), keepdim=True).clamp(min=1e-6)
    return (maps.clamp(min=0) / top * 255).round().byte().numpy()


def patch_sheet(patches):
    """Return patches (U, n, 3, size, size) as one picture, a row for each unit: a data URI."""
    small = nn.functional.interpolate(patches.flatten(0, 1), (SIDE, SIDE), mode="bilinear", antialias=True)
    rows = small.reshape(*patches.shape[:2], 3, SIDE, SIDE).permute(0, 3, 1, 4, 2)
    pixels = (rows.clamp(0, 1) * 255).round().byte().numpy().reshape(len(patches) * SIDE, -1, 3)
    return _data_uri(pixels, quality=55, method=6)


def map_sheet(maps):
    """Return uint8 maps (U, h, w) as one picture, eight in a row: a data URI. Its alpha is the maps, exactly."""
    count, height, width = maps.shape
    sheet = np.zeros((-(-count // BESIDE) * height, BESIDE * width), np.uint8)
    for i, values in enumerate(maps):
        y, x = divmod(i, BESIDE)
        sheet[y * height : (y + 1) * height, x * width : (x + 1) * width] = values
    black = np.zeros_like(sheet)
    return _data_uri(np.stack([black, black, black, sheet], -1), lossless=True, exact=True, method=6)


def _data_uri(pixels, **options):
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="webp", **options)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
