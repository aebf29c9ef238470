"""Pairs of views for the stand-in's training: two crops of one place, or one made-up glyph written twice."""

import numpy as np
import torch

from standin_drawings import glyph_pairs
from standin_images import cut
from standin_network import standardize

MADE, GLYPHS = 0.25, 0.2  # share of the places that lie in made images; of the pairs that are glyphs
FLAT = 12  # of 255: a place whose pixels vary less is drawn anew
KEPT_COLORS = 0.5  # share of the pairs whose two views keep their colours


class Batches(torch.utils.data.Dataset):
    """The batches of the steps from ``done`` to ``steps``: each depends on seed and step alone."""

    def __init__(self, pyramids, pairs, seed, done, steps, size_at):
        self.pyramids, self.pairs, self.seed = pyramids, pairs, seed
        self.done, self.steps, self.size_at = done, steps, size_at

    def __len__(self):
        return self.steps - self.done

    def __getitem__(self, number):
        if number >= len(self):
            raise IndexError(number)
        step = self.done + number
        return batch(self.pyramids, self.pairs, self.size_at(step, self.steps), self.seed, step)


def places(pyramids, rng, count, size, made=MADE):
    """Draw ``count`` places; return for each the pyramid and the parameters of its two crops."""
    photographs, drawings = pyramids
    drawn, refused = [], 0
    while len(drawn) < count:
        group = drawings if drawings and rng.random() < made else photographs
        levels = group[rng.integers(len(group))]
        width, height = levels[0].size
        side = min(np.exp(rng.uniform(np.log(0.8 * size), np.log(7 * size))), 0.6 * min(height, width))
        y, x = rng.uniform(side / 2, height - side / 2), rng.uniform(side / 2, width - side / 2)
        if refused < 3 * count and cut(levels, y, x, side, 0, 16).std((0, 1)).max() < FLAT:
            refused += 1
            continue
        crops = []
        for _ in range(2):
            zoom = np.exp(rng.uniform(np.log(0.7), np.log(1.35)))
            dy, dx = rng.uniform(-0.25, 0.25, 2) * side
            crops.append((y + dy, x + dx, side * zoom, rng.normal(0, 0.15)))
        drawn.append((levels, crops))
    return drawn


def batch(pyramids, pairs, size, seed, step):
    """Return both views of ``pairs`` places and glyphs, (2 * pairs, 3, size, size): i and i + pairs belong together."""
    rng, written = np.random.default_rng((seed, step)), round(GLYPHS * pairs)
    drawn = places(pyramids, rng, pairs - written, size)
    views = [[cut(levels, *crops[k], size) for levels, crops in drawn] for k in range(2)]
    views = np.concatenate([np.array(views), glyph_pairs(rng, written, size)], axis=1)
    x = torch.from_numpy(views).flatten(0, 1).permute(0, 3, 1, 2).contiguous().float().div_(255)
    generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
    x = change_colors(x, generator)
    flip = torch.rand(2, pairs, generator=generator) < 0.5
    flip[:, pairs - written :] = False  # a mirrored glyph is another one
    return standardize(torch.where(flip.view(-1, 1, 1, 1), x.flip(3), x)).contiguous(
        memory_format=torch.channels_last
    )


def change_colors(x, generator):
    """Return x (2P, 3, H, W) with colours changed: for a part of the pairs alike in both crops, else apart.

    Every change is affine in (red, green, blue), so they are composed to one matrix and one offset a crop.
    """
    pairs, middle = len(x) // 2, x.mean((2, 3)).view(2, -1, 3, 1)

    def uniform(views):
        return torch.rand(views, pairs, 1, 1, generator=generator)

    def normal(views, channels=1):
        return torch.randn(views, pairs, channels, 1, generator=generator)

    unit = torch.eye(3)
    grey = torch.tensor([0.299, 0.587, 0.114]).expand(3, 3)
    matrix = torch.where(uniform(1) < 0.15, unit.flip(0), unit)  # red and blue swapped, in both crops
    matrix = (0.2 * normal(1, 3)).exp() * matrix
    matrix = torch.where(uniform(1) < 0.2, grey @ matrix, matrix)  # both crops grey: form must do
    negative = uniform(1) < 0.1
    matrix, offset = torch.where(negative, -matrix, matrix), torch.where(negative, 1.0, 0.0)
    strength = torch.where(uniform(1) < KEPT_COLORS, 0.15, 1.0)
    brightness, contrast = ((0.35 * strength * normal(2)).exp() for _ in range(2))
    saturation = 1 + strength * (1.4 * uniform(2) - 0.8)
    mean = (matrix @ middle + offset).mean(2, keepdim=True) * brightness
    matrix, offset = matrix * brightness * contrast, offset * brightness * contrast + mean * (1 - contrast)
    change = (0.2 * strength * normal(2, 3)).exp() * (saturation * unit + (1 - saturation) * grey)
    change = torch.where((uniform(2) < 0.25) & (strength == 1), grey, change)
    matrix, offset = change @ matrix, change @ offset.expand(2, pairs, 3, 1)
    pixels = torch.baddbmm(offset.flatten(0, 1), matrix.flatten(0, 1), x.flatten(2))
    return pixels.view_as(x).clamp_(0, 1)
