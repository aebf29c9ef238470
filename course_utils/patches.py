"""The parts of images that a channel of a convolutional network answers to most strongly."""

from typing import NamedTuple

import torch
from torch import nn

from course_utils._arguments import check_number, check_tensor, describe, shape_of

__all__ = ["ReceptiveField", "receptive_field", "strongest_patches"]


class ReceptiveField(NamedTuple):
    """The square of pixels that one unit of a layer sees.

    The unit at place (i, j) sees rows from ``first + i * stride`` on, ``size`` of them, and
    columns likewise; ``first`` is negative where padding is seen.
    """

    size: int
    stride: int
    first: int


def receptive_field(features, layer):
    """Return the `ReceptiveField` of the units after ``features[layer]``.

    Parameters
    ----------
    features : torch.nn.Sequential
        Convolutions and max poolings, square and undilated, and layers that act on each unit alone.
    layer : int

    Taught in ``lectures/convolutions``; used in ``lectures/alexnet_features``.
    """
    _check_layer(features, layer)
    size, stride, first = 1, 1, 0
    for part in features[: layer + 1]:
        if isinstance(part, (nn.Conv2d, nn.MaxPool2d)):
            kernel, step, padding = (_one(v) for v in (part.kernel_size, part.stride, part.padding))
            size, first = size + (kernel - 1) * stride, first - padding * stride
            stride *= step
        elif not isinstance(part, (nn.ReLU, nn.BatchNorm2d, nn.Dropout, nn.Identity)):
            raise TypeError(
                f"features holds a {describe(part)}: only convolutions, poolings and ReLU are known"
            )
    return ReceptiveField(size, stride, first)


@torch.no_grad()
def strongest_patches(features, images, layer, channels, *, n=5, prepare=None):
    """Return, for each channel, the ``n`` patches of the images that excite it most, and how much.

    Only units whose receptive field lies inside the image take part. At most two patches of a channel
    come from one image, and those do not overlap by more than half.

    Parameters
    ----------
    features : torch.nn.Sequential
    images : Tensor, (N, 3, H, W)
        In [0, 1].
    layer : int
        Number of the layer whose output is looked at.
    channels : sequence of int
    prepare : callable, optional
        From images to the network's input, such as `standardize`.

    Returns
    -------
    patches : Tensor, (channels, n, 3, size, size)
        ``size`` is that of the receptive field.
    values : Tensor, (channels, n)
        The activations, in falling order.

    Taught in ``lectures/alexnet_features``.
    """
    check_tensor("images", images, shape="(N, 3, H, W)")
    if images.ndim != 4:
        raise ValueError(f"images must have shape (N, 3, H, W), not {shape_of(images)}")
    check_number("n", n, low=1, kind=int)
    field = receptive_field(features, layer)
    if min(images.shape[2:]) < field.size:
        raise ValueError(f"images must be at least {field.size} pixels high and wide, not {shape_of(images)}")
    maps = torch.cat([features[: layer + 1](prepare(x) if prepare else x) for x in images.split(1)])
    rows, columns = (
        _inside(field, *lengths) for lengths in zip(maps.shape[2:], images.shape[2:], strict=True)
    )
    maps[:, :, ~rows], maps[:, :, :, ~columns] = float("-inf"), float("-inf")
    apart = max(1, field.size // (2 * field.stride))
    patches, values = [], []
    for channel in channels:
        places = _peaks(maps[:, channel].clone(), n, apart)
        values.append(torch.tensor([value for value, *_ in places]))
        patches.append(torch.stack([_patch(images[k], i, j, field) for _, k, i, j in places]))
    return torch.stack(patches), torch.stack(values)


def _peaks(maps, n, apart, each=2):
    """Return the ``n`` largest values of (N, h, w) with their places, at most ``each`` from one image."""
    found = []
    while len(found) < n:
        flat = int(maps.argmax())
        k, (i, j) = flat // maps[0].numel(), divmod(flat % maps[0].numel(), maps.shape[2])
        if maps[k, i, j] == float("-inf"):
            raise ValueError(f"n must be at most {len(found)} here, the places there are, not {n}")
        found.append((float(maps[k, i, j]), k, i, j))
        maps[k, max(0, i - apart) : i + apart + 1, max(0, j - apart) : j + apart + 1] = float("-inf")
        if sum(place[1] == k for place in found) == each:
            maps[k] = float("-inf")
    return found


def _inside(field, places, pixels):
    """Return, for each place along an axis, whether its receptive field lies within the pixels."""
    first = field.first + field.stride * torch.arange(places)
    return (first >= 0) & (first + field.size <= pixels)


def _patch(image, i, j, field):
    top, left = (field.first + place * field.stride for place in (i, j))
    return image[:, top : top + field.size, left : left + field.size]


def _one(value):
    if isinstance(value, tuple):
        if len(set(value)) != 1:
            raise ValueError(f"only square kernels, strides and paddings are known, not {value}")
        return value[0]
    return value


def _check_layer(features, layer):
    check_number("layer", layer, low=0, kind=int)
    if layer >= len(features):
        raise ValueError(f"layer must be at most {len(features) - 1}, the last layer, not {layer}")
