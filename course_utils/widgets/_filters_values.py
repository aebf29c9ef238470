"""What a FilterExplorer takes: a first convolution and images, checked and packed."""

import base64
import io

import numpy as np

from course_utils.widgets._values import check_range, pack, to_numpy

EXACT, MOST = 8_000, 30_000  # weights that travel in float32, and in 8 bits
SMALL, PIXELS = 128, 200_000  # pixels of the photographs, and numbers of all images at most
PHOTOS = {"chelsea": "cat", "coffee": "coffee", "astronaut": "astronaut"}
MEANS = {1: ((0.0,), (1.0,)), 3: ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))}


def first_convolution(model):
    """Return the first ``nn.Conv2d`` of a model, or say why its filters cannot be shown."""
    import torch
    from torch import nn

    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a network or an nn.Conv2d, not {type(model).__name__}")
    layer = next((m for m in model.modules() if isinstance(m, nn.Conv2d)), None)
    if layer is None:
        raise ValueError(f"model must hold an nn.Conv2d; this {type(model).__name__} has none")
    size, stride, padding = layer.kernel_size, layer.stride, layer.padding
    square = (
        size[0] == size[1]
        and stride[0] == stride[1]
        and not isinstance(padding, str)
        and len(set(padding)) == 1
    )
    plain = layer.groups == 1 and layer.dilation == (1, 1) and layer.padding_mode == "zeros"
    if layer.in_channels not in (1, 3) or not square or not plain:
        raise ValueError(f"the first convolution must be square, plain and take 1 or 3 channels, not {layer}")
    if layer.weight.numel() > MOST:
        raise ValueError(f"the filters must have up to {MOST:,} weights, not {layer.weight.numel():,}")
    if not all(torch.isfinite(p).all() for p in layer.parameters()):
        raise ValueError("the weights of the first convolution must be finite, but some are NaN or infinite")
    return layer


def pack_filters(layer):
    """Return (filters, scales, biases, exact): packed arrays, and whether the weights are the originals."""
    weights = layer.weight.detach().cpu().float().numpy()
    exact = weights.size <= EXACT
    scales = np.ones(len(weights)) if exact else np.abs(weights).max((1, 2, 3)).clip(1e-12) / 127
    whole = weights if exact else np.rint(weights / scales[:, None, None, None]).astype(np.int8)
    biases = np.zeros(len(weights)) if layer.bias is None else layer.bias.detach().cpu().numpy()
    return pack(whole), pack(scales.astype(np.float32)), pack(biases.astype(np.float32)), exact


def pictures(images, channels):
    """Return names and pixels, uint8 (N, C, H, W), of the images to be shown."""
    if images is None:
        return _photographs() if channels == 3 else _digits()
    items = (
        images.items() if isinstance(images, dict) else [(f"image {i + 1}", v) for i, v in enumerate(images)]
    )
    arrays = {str(name): to_numpy("images", v, ndim=3, shape="(C, H, W)") for name, v in items}
    shapes = {a.shape for a in arrays.values()}
    if len(shapes) != 1 or next(iter(shapes))[0] != channels:
        raise ValueError(
            f"images must be one or more of shape ({channels}, H, W), all alike, not {sorted(shapes)}"
        )
    stack = np.stack(list(arrays.values()))
    if stack.min() < 0 or stack.max() > 1:
        raise ValueError(f"images must lie in 0 … 1, not {stack.min():g} … {stack.max():g}")
    if stack.size > PIXELS or min(stack.shape[2:]) < 16:
        raise ValueError(
            f"images must be at least 16 pixels wide and {PIXELS:,} numbers in all, not {stack.shape}"
        )
    return list(arrays), np.rint(stack * 255).astype(np.uint8)


def _photographs():
    from course_utils.data import photo

    stack = np.stack([photo(name, SMALL).numpy() for name in PHOTOS])
    return list(PHOTOS.values()), np.rint(stack * 255).astype(np.uint8)


def _digits():
    from course_utils.widgets._digit_samples import test_digits

    digits, labels = test_digits()
    return [f"digit {label}" for label in labels[::2]], digits[::2, None].copy()


def pack_images(pixels):
    """Return uint8 images (M, C, H, W) as ``{shape, files}``: lossless pictures, in base64.

    They are not declared as pictures: a page that was opened from a file may draw a picture file but
    not read its pixels, so the site keeps them in scripts.
    """
    from PIL import Image

    files = []
    for image in pixels:
        out = io.BytesIO()
        picture = Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0))
        picture.convert("RGB").save(out, format="webp", lossless=True, method=6)
        files.append("data:application/octet-stream;base64," + base64.b64encode(out.getvalue()).decode())
    return {"shape": list(pixels.shape), "files": files}


def standards(mean, std, channels):
    """Return mean and standard deviation of each channel as lists: by default ImageNet's, or 0 and 1."""
    mean, std = (
        plain if given is None else given for plain, given in zip(MEANS[channels], (mean, std), strict=True)
    )
    mean, std = [float(v) for v in mean], [check_range("std", float(v), 1e-3, 1e3, kind=float) for v in std]
    if len(mean) != channels or len(std) != channels:
        raise ValueError(f"mean and std must have {channels} values, not {mean}, {std}")
    return mean, std


def orders(layer):
    """Return {name: numbers of the filters in that order}."""
    import torch

    from course_utils.filters import sort_filters

    numbers = {"number": list(range(len(layer.weight)))}
    if layer.in_channels == 3:
        grey, colored = sort_filters(layer.weight.detach())
        numbers["orientation, then colour"] = torch.cat([grey, colored]).tolist()
    return numbers


def rounding(layer, pixels, mean, std):
    """Return by how much 8-bit weights change a map of these images at most."""
    import torch

    filters, scales, _, _ = pack_filters(layer)
    raw, steps = (
        np.frombuffer(base64.b64decode(p["data"]), t) for p, t in ((filters, np.int8), (scales, "<f4"))
    )
    short = torch.tensor(raw.reshape(filters["shape"]) * steps[:, None, None, None], dtype=torch.float32)
    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (mean, std))
    x = (torch.tensor(pixels) / 255 - mean) / std
    lost = torch.nn.functional.conv2d(x, short - layer.weight.detach(), None, layer.stride, layer.padding)
    return lost.abs().max().item()
