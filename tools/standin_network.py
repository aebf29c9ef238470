"""The network behind the stand-in weights: AlexNet's convolutions with batch norm, and its first filters."""

import torch
import torch.nn.functional as F
from torch import nn

# (in, out, kernel size, stride, padding) and whether a 3x3 max pooling of stride 2 follows.
LAYERS = (
    ((3, 64, 11, 4, 2), True),
    ((64, 192, 5, 1, 2), True),
    ((192, 384, 3, 1, 1), False),
    ((384, 256, 3, 1, 1), False),
    ((256, 256, 3, 1, 1), False),
)
WINDOW = 2.8  # pixels: width of the soft window on the patches that the first filters are found in
# What torchvision's AlexNet expects: pixels in [0, 1], minus MEAN, divided by STD.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def standardize(pixels):
    """Return pixels (N, 3, H, W) in [0, 1] as AlexNet's input."""
    return (pixels - pixels.new_tensor(MEAN).view(3, 1, 1)) / pixels.new_tensor(STD).view(3, 1, 1)


def training_network():
    """Return conv-BN-ReLU for each of AlexNet's five convolutions; the last pooling is left out."""
    parts = []
    for (inputs, outputs, size, stride, padding), pooled in LAYERS:
        parts += [
            nn.Conv2d(inputs, outputs, size, stride, padding, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        ]
        parts += [nn.MaxPool2d(3, 2)] if pooled else []
    network = nn.Sequential(*parts)
    for conv in (m for m in network if isinstance(m, nn.Conv2d)):
        nn.init.kaiming_normal_(conv.weight)
    return network


def projection_head(channels):
    """Return the small network on top of an averaged layer that the loss looks at: ``channels`` to 128."""
    return nn.Sequential(
        nn.Linear(channels, 256, bias=False), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 128)
    )


def fold(conv, norm):
    """Return weight and bias of the one convolution that equals ``norm(conv(x))`` in evaluation mode."""
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)  # (out,)
    bias = conv.bias if conv.bias is not None else 0
    return conv.weight * gain.view(-1, 1, 1, 1), norm.bias + (bias - norm.running_mean) * gain


@torch.no_grad()
def folded_state(network):
    """Return the state dict of torchvision's ``alexnet().features`` that computes the same in evaluation mode."""
    from course_utils._alexnet import untrained_features

    modules, state = list(network), {}
    convolutions = [i for i, m in enumerate(untrained_features()) if isinstance(m, nn.Conv2d)]
    trained = [i for i, m in enumerate(modules) if isinstance(m, nn.Conv2d)]
    for target, i in zip(convolutions, trained, strict=True):
        state[f"{target}.weight"], state[f"{target}.bias"] = fold(modules[i], modules[i + 1])
    return state


def first_layer(patches, greys=40, colors=24, seed=0):
    """Return filters (greys + colors, 3, 11, 11) for light and dark, and for colour, learnt from patches.

    Each has mean 0 and length 1. ``patches`` is (N, 3, 11, 11), standardized.
    """
    grey = patches.mean(1, keepdim=True)
    color = patches - grey
    for_grey = kmeans_filters(grey - grey.mean((2, 3), keepdim=True), greys, seed=seed)
    for_color = kmeans_filters(color - 0.85 * color.mean((2, 3), keepdim=True), colors, seed=seed)
    return torch.cat([for_grey.expand(-1, 3, -1, -1) / 3**0.5, for_color])


@torch.no_grad()
def kmeans_filters(patches, count, rounds=25, seed=0):
    """Return ``count`` spherical k-means centres of whitened patches, mapped back towards pixels.

    After Coates & Ng (2012). ``patches`` is (N, C, K, K); the result (count, C, K, K) has mean 0 and
    length 1 for each filter.
    """
    at = torch.arange(patches.shape[-1]) - (patches.shape[-1] - 1) / 2
    window = torch.exp(-(at**2 + at[:, None] ** 2) / (2 * WINDOW**2))  # what matters lies in the middle
    flat = (patches * window).flatten(1)
    spread = flat.std(1, keepdim=True)
    flat = (flat / spread)[spread[:, 0] > 0.25 * spread.mean()]
    flat = flat - flat.mean(0)
    values, vectors = torch.linalg.eigh(flat.T @ flat / len(flat))
    scale = (values.clamp(min=0) + 0.004 * values.mean()).sqrt()
    white = F.normalize(flat @ (vectors / scale) @ vectors.T, dim=1)
    generator = torch.Generator().manual_seed(seed)
    centres = white[torch.randperm(len(white), generator=generator)[:count]]
    for _ in range(rounds):
        score, nearest = (white @ centres.T).max(1)
        centres = torch.zeros_like(centres).index_add_(0, nearest, white * score[:, None])
        empty = centres.norm(dim=1) < 1e-6
        centres[empty] = white[torch.randint(len(white), (int(empty.sum()),), generator=generator)]
        centres = F.normalize(centres, dim=1)
    pixels = centres @ (vectors * scale.sqrt()) @ vectors.T  # half of the way back: form, not all its blur
    return F.normalize(pixels - pixels.mean(1, keepdim=True), dim=1).view(-1, *patches.shape[1:])
