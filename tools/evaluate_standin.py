"""Measure features on three tasks that no training has seen; print a table.

    python tools/evaluate_standin.py [--pictures FOLDER] [--fetch] [--weights FILE] [--draws 20]

The tasks: MNIST's digits; which of nine held-out photographs a crop comes from, in colour; the same
in grey with equal mean and contrast. For each draw, 10 labelled examples a class train a linear
classifier (logistic regression) on features averaged to 2x2 places; training and test crops
come from different blocks of a photograph. The numbers are percent right on 50 others a class.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from standin_images import cut, fetch, open_picture, picture_files, pyramid
from standin_network import standardize
from train_standin import ASSET, ROOT

# The features after these layers of AlexNet's thirteen are compared.
LAYERS = {"pool1": 2, "pool2": 5, "conv3": 7, "conv4": 9, "conv5": 11}
SIZE, SHOTS, TESTED = 96, 10, 50


def digits(per_class=150):
    """Return (name, images (N, 3, 96, 96), labels, side) of MNIST test digits; side -1 means any."""
    from course_utils.data import mnist_tensors

    images, labels = mnist_tensors(train=False)
    chosen = torch.cat([(labels == k).nonzero()[:per_class, 0] for k in range(10)])
    large = F.interpolate(images[chosen], (SIZE, SIZE), mode="bilinear", antialias=True).expand(-1, 3, -1, -1)
    return "MNIST digits", large, labels[chosen], torch.full((len(chosen),), -1)


def crops(folder, each=100, seed=1):
    """Return crops of the held-out photographs as (images, labels, side).

    A photograph is a chessboard of 4x3 blocks; a crop lies inside one block, and ``side`` is the block's colour.
    """
    rng, images, labels, sides = np.random.default_rng(seed), [], [], []
    blocks = [
        [(row, column) for row in range(3) for column in range(4) if (row + column) % 2 == k]
        for k in range(2)
    ]
    for label, file in enumerate(picture_files(folder, held_out=True)):
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


@torch.no_grad()
def layer_features(features, images):
    """Return {layer: (N, 4 * channels)}: activations averaged over 2x2 places."""
    found = {name: [] for name in LAYERS}
    for part in standardize(images).split(100):
        for number, layer in enumerate(features):
            part = layer(part)
            for name in (n for n, at in LAYERS.items() if at == number):
                found[name].append(F.adaptive_avg_pool2d(part, 2).flatten(1))
    return {name: torch.cat(parts) for name, parts in found.items()}


def draw(labels, sides, rng):
    """Return indices of training and of test examples: SHOTS and TESTED a class, from different sides."""
    train, test = [], []
    for k in range(int(labels.max()) + 1):
        side = rng.integers(2)
        own = (labels == k).numpy()
        first = rng.permutation(np.flatnonzero(own & ((sides == side) | (sides == -1)).numpy()))
        train.append(first[:SHOTS])
        rest = np.setdiff1d(np.flatnonzero(own & ((sides != side) | (sides == -1)).numpy()), first[:SHOTS])
        test.append(rng.permutation(rest)[:TESTED])
    return np.concatenate(train), np.concatenate(test)


def score(values, labels, sides, draws):
    """Return the accuracy of logistic regression on ``values`` (N, D), for each of ``draws`` draws."""
    rng, result = np.random.default_rng(0), []
    for _ in range(draws):
        train, test = draw(labels, sides, rng)
        mean, std = values[train].mean(0), values[train].std(0) + 1e-4 * values[train].std() + 1e-8
        x, y = (values - mean) / std / values.shape[1] ** 0.5, labels
        result.append((classifier(x[train], y[train])(x[test]) == y[test]).float().mean().item())
    return np.array(result)


def classifier(x, y, decay=1e-3):
    """Fit logistic regression with a small weight decay; return the function from (M, D) to classes (M,)."""
    weights = torch.zeros(x.shape[1], int(y.max()) + 1, requires_grad=True)
    bias = torch.zeros(weights.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(x @ weights + bias, y) + decay * (weights**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return lambda new: (new @ weights.detach() + bias.detach()).argmax(1)


def table(tasks, networks, draws):
    """Return {task: {"pixels": (mean, error), network: {layer: (mean, error)}}} in percent."""

    def summary(values, labels, sides):
        found = 100 * score(values, labels, sides, draws)
        return found.mean(), found.std(ddof=1) / draws**0.5

    result = {}
    for task, images, labels, sides in tasks:
        small = F.interpolate(images, (32, 32), mode="area").flatten(1)
        result[task] = {"pixels": summary(small, labels, sides)}
        for name, features in networks.items():
            found = layer_features(features, images)
            result[task][name] = {layer: summary(values, labels, sides) for layer, values in found.items()}
    return result


def show(result):
    """Print the table, and by how much the best trained layer beats the best untrained one and pixels."""
    print("| task | pixels | untrained: " + " / ".join(LAYERS) + " | stand-in: " + " / ".join(LAYERS) + " |")
    print("|---|---|---|---|")
    for task, row in result.items():
        cells = [" / ".join(f"{row[n][layer][0]:.1f}" for layer in LAYERS) for n in ("untrained", "stand-in")]
        print(f"| {task} | {row['pixels'][0]:.1f} | {cells[0]} | {cells[1]} |")
    for task, row in result.items():
        untrained, trained = (max(row[n].values()) for n in ("untrained", "stand-in"))
        leads = (
            f"{trained[0] - untrained[0]:+.1f} on untrained, {trained[0] - row['pixels'][0]:+.1f} on pixels"
        )
        print(f"{task}: best layer {trained[0]:.1f} (±{trained[1]:.1f}), {leads}")


def main():
    """Read the command line, load pictures and weights, print the table and the measure of the filters."""
    from course_utils._alexnet import assemble, read_features, untrained_features
    from course_utils.filters import STRUCTURED, band_share

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--pictures", type=Path, default=ROOT / "_build" / "pictures", help="where the packages lie"
    )
    parser.add_argument("--fetch", action="store_true", help="download the Debian packages first")
    parser.add_argument("--weights", type=Path, default=ASSET)
    parser.add_argument("--draws", type=int, default=20)
    options = parser.parse_args()
    if options.fetch:
        fetch(options.pictures)
    trained = assemble(read_features(options.weights)[0]).features
    share = band_share(trained[0].weight)
    print(
        f"{int((share > STRUCTURED).sum())} of 64 first filters are structures (above {STRUCTURED:.0%} in one band)"
    )
    colored, labels, sides = crops(options.pictures)
    tasks = [digits(), ("held-out crops, grey", normalized_grey(colored), labels, sides),
             ("held-out crops, colour", colored, labels, sides)]  # fmt: skip
    show(table(tasks, {"untrained": untrained_features(0), "stand-in": trained}, options.draws))


if __name__ == "__main__":
    main()
