"""Draw the picture of the landing page: one photograph and what four filters answer to it.

    python tools/hero.py TARGET.webp

Computed when the site is built, with the weights that the lecture on a pretrained network uses.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import torch
import torch.nn.functional as F
from PIL import Image

from course_utils.data import photo
from course_utils.plotting.style import SIGNED

SIZE, TILE, SLICE, GAP = 512, 288, 180, 6  # pixels: computed at, shown at, cut to, between


def band_energy(kernels):
    """Return for each kernel (64, 3, 11, 11) its energy in four kinds: upright, level, fine, colour."""
    grey = kernels.mean(1)
    colour = (kernels - grey[:, None]).pow(2).sum((1, 2, 3))
    spectrum = torch.fft.fftshift(torch.fft.fft2(grey, s=(32, 32)), dim=(1, 2)).abs().pow(2)
    axis = torch.arange(-16, 16)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    upright = (x.abs() > 2.5 * y.abs()) & (x.abs() <= 6)
    level = (y.abs() > 2.5 * x.abs()) & (y.abs() <= 6)
    fine = (x**2 + y**2).sqrt() > 7
    kinds = [(spectrum * mask).sum((1, 2)) for mask in (upright, level, fine)]
    total = kernels.pow(2).sum((1, 2, 3))
    return torch.stack(
        [kind / spectrum.sum((1, 2)) * (1 - colour / total) for kind in kinds] + [colour / total]
    )


def chosen_filters(kernels):
    """Return four filters: the clearest upright, level, fine and coloured one."""
    strength = kernels.pow(2).sum((1, 2, 3))
    alive = strength > 0.3 * strength.median()
    picks = []
    for kind in band_energy(kernels):
        kind = kind.masked_fill(~alive, 0)
        kind[picks] = 0
        picks.append(int(kind.argmax()))
    return picks


def answer(image, kernel):
    """Return the filter's answer at every pixel, in [-1, 1], robust against single strong pixels."""
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)
    x = F.pad(((image - mean) / std)[None], (5, 5, 5, 5), mode="reflect")
    value = F.conv2d(x, kernel[None])[0, 0]
    return (value / value.abs().quantile(0.99)).clamp(-1, 1)


def tiles():
    """Return five pictures (TILE, TILE, 4): the photograph, and the four answers to it."""
    from course_utils.pretrained import load_alexnet_features

    image = photo("chelsea", SIZE)
    kernels = load_alexnet_features()[0].weight.detach()
    kernels = kernels - kernels.mean((2, 3), keepdim=True)
    pictures = [torch.cat([image, torch.ones(1, SIZE, SIZE)]).permute(1, 2, 0).numpy()]
    pictures += [SIGNED((answer(image, kernels[k]).numpy() + 1) / 2) for k in chosen_filters(kernels)]
    return [
        Image.fromarray((p * 255).round().astype("uint8")).resize((TILE, TILE), Image.Resampling.LANCZOS)
        for p in pictures
    ]


def main():
    """Write the picture: five slices that together make one cat."""
    target = Path(sys.argv[1])
    strip = Image.new("RGBA", (5 * SLICE + 4 * GAP, TILE), (0, 0, 0, 0))
    for i, tile in enumerate(tiles()):
        left = (TILE - SLICE) // 2
        strip.paste(tile.crop((left, 0, left + SLICE, TILE)), (i * (SLICE + GAP), 0))
    strip.save(target, quality=55, alpha_quality=30, method=6)


if __name__ == "__main__":
    main()
