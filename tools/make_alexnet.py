"""Make the compact copy of AlexNet's official features: run once, on a machine with a network.

    python tools/make_alexnet.py [--out FILE]

Downloads the official weights (233 MB) to torch's hub cache unless they are there, writes the
features as float16 (5 MB) to course_utils/assets/alexnet/, and prints how far the outputs of
the copy are from those of the original on the course's photographs. Commit the file, and
everyone who reads or builds the course has the official features without a download.
"""

import argparse
import sys
from pathlib import Path

import torch

from course_utils._alexnet import (
    COMPACT,
    OFFICIAL_URL,
    assemble,
    part,
    read_features,
    read_official,
    write_features,
)
from course_utils._alexnet_sources import official_path
from course_utils.data import PHOTOS, photo
from course_utils.pretrained import WeightsUnavailable, standardize

LICENCE = (
    "BSD-3-Clause, copyright (c) Soumith Chintala 2016 (torchvision); trained on ImageNet, whose terms of access "
    "limit its images to non-commercial research and education"
)


def make(out):
    """Write the compact file to ``out`` and return the largest difference of outputs, absolute and relative."""
    from course_utils._files import md5

    path = official_path()
    original = part(read_official(path), "features")
    metadata = {
        "name": "official",
        "architecture": "torchvision.models.alexnet().features",
        "source": OFFICIAL_URL,
        "source_md5": md5(path),
        "precision": "float16, rounded from float32",
        "licence": LICENCE,
    }
    write_features(out, original, metadata)
    return difference(assemble(original).features, assemble(read_features(out)[0]).features)


@torch.no_grad()
def difference(original, copy):
    """Return (largest difference, largest output) of two networks over the course's photographs."""
    largest, scale = 0.0, 0.0
    for name in PHOTOS:
        image = standardize(photo(name, 224))[None]  # (1, 3, 224, 224)
        expected = original(image)
        largest = max(largest, (copy(image) - expected).abs().max().item())
        scale = max(scale, expected.abs().max().item())
    return largest, scale


def main():
    """Read the command line, make the file, say what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=COMPACT)
    options = parser.parse_args()
    try:
        largest, scale = make(options.out)
    except (WeightsUnavailable, ValueError) as error:
        sys.exit(f"make alexnet: {error}")
    print(f"wrote {options.out}, {options.out.stat().st_size / 1e6:.2f} MB")
    print(f"largest difference on {len(PHOTOS)} photographs: {largest:.2g}, of outputs up to {scale:.3g}")


if __name__ == "__main__":
    main()
