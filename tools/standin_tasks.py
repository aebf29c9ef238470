"""The tasks that features are measured on: three for the table, and three others to choose settings by.

A task is (name, images (N, 3, 96, 96), labels, sides). Training examples come from one side of a class, test
examples from the other; side -1 stands for both.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont

from standin_images import VALIDATION, cut, open_picture, picture_files, pyramid

SIZE = 96


def test_tasks(folder):
    """Return MNIST's digits, and which held-out photograph a crop comes from, in grey and in colour."""
    colored, labels, sides = crops(picture_files(folder, held_out=True))
    return [
        digits(),
        ("held-out crops, grey", normalized_grey(colored), labels, sides),
        ("held-out crops, colour", colored, labels, sides),
    ]


def validation_tasks(folder):
    """Return printed letters, and crops of pictures that serve neither training nor the table."""
    colored, labels, sides = crops([folder / name for name in VALIDATION], seed=2)
    return [
        letters(),
        ("validation crops, grey", normalized_grey(colored), labels, sides),
        ("validation crops, colour", colored, labels, sides),
    ]


def digits(per_class=150):
    """Return the task of MNIST's test digits."""
    from course_utils.data import mnist_tensors

    images, labels = mnist_tensors(train=False)
    chosen = torch.cat([(labels == k).nonzero()[:per_class, 0] for k in range(10)])
    large = F.interpolate(images[chosen], (SIZE, SIZE), mode="bilinear", antialias=True).expand(-1, 3, -1, -1)
    return "MNIST digits", large, labels[chosen], torch.full((len(chosen),), -1)


def letters(chosen="ACEKMQRSTZ", per_class=150, seed=3):
    """Return the task of ten letters in matplotlib's fonts, bent and shifted, white on black."""
    import matplotlib

    fonts = sorted((Path(matplotlib.get_data_path()) / "fonts" / "ttf").glob("DejaVuS*[!y].ttf"))
    rng, images = np.random.default_rng(seed), []
    for letter in chosen:
        for _ in range(per_class):
            font = ImageFont.truetype(fonts[rng.integers(len(fonts))], int(rng.integers(44, 76)))
            image = Image.new("L", (SIZE, SIZE))
            ImageDraw.Draw(image).text((SIZE / 2, SIZE / 2), letter, 255, font, anchor="mm")
            a, b, c, d = np.eye(2).ravel() + rng.normal(0, 0.2, 4)
            middle, (x, y) = SIZE / 2, rng.uniform(-8, 8, 2)
            matrix = (a, b, middle + x - (a + b) * middle, c, d, middle + y - (c + d) * middle)
            bent = image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
            images.append(np.asarray(bent))
    pixels = torch.from_numpy(np.stack(images)).float().div(255)[:, None].expand(-1, 3, -1, -1)
    labels = torch.arange(len(chosen)).repeat_interleave(per_class)
    return "printed letters", pixels, labels, torch.full((len(labels),), -1)


def crops(files, each=100, seed=1):
    """Return crops of pictures as (images, labels, sides).

    A picture is a chessboard of 4x3 blocks; a crop lies inside one block, and its side is the block's colour.
    """
    rng, images, labels, sides = np.random.default_rng(seed), [], [], []
    blocks = [
        [(row, column) for row in range(3) for column in range(4) if (row + column) % 2 == k]
        for k in range(2)
    ]
    for label, file in enumerate(files):
        levels = pyramid(open_picture(file))
        width, height = levels[0].width / 4, levels[0].height / 3
        for number in range(2 * each):
            row, column = blocks[number % 2][rng.integers(6)]
            length = rng.uniform(SIZE, min(2 * SIZE, 0.9 * width, 0.9 * height))
            y = rng.uniform(row * height + length / 2, (row + 1) * height - length / 2)
            x = rng.uniform(column * width + length / 2, (column + 1) * width - length / 2)
            images.append(cut(levels, y, x, length, 0, SIZE))
            labels.append(label)
            sides.append(number % 2)
    pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return pixels, torch.tensor(labels), torch.tensor(sides)


def normalized_grey(images):
    """Return images (N, 3, H, W) in grey, each with mean 0.5 and standard deviation 0.2, clipped to [0, 1]."""
    grey = images.mean(1, keepdim=True)
    grey = (grey - grey.mean((2, 3), keepdim=True)) / (grey.std((2, 3), keepdim=True) + 1e-3)
    return (0.5 + 0.2 * grey).clamp(0, 1).expand(-1, 3, -1, -1)
