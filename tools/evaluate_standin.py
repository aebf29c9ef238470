"""Measure features on three tasks that no training has seen; print a table.

    python tools/evaluate_standin.py [--pictures FOLDER] [--fetch] [--weights FILE] [--draws 20] [--validation]

The tasks: MNIST's digits; which of nine held-out photographs a crop comes from, in colour; the same
in grey with equal mean and contrast. For each draw, 10 labelled examples a class train a linear
classifier (logistic regression) on features averaged to 2x2 places; training and test crops
come from different blocks of a photograph. The numbers are percent right on 50 others a class.

Settings of the training are to be chosen by other tasks (`--validation`): printed letters, and crops of seven
pictures that are neither trained on nor held out. So the table stays an honest test.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from standin_images import fetch
from standin_network import standardize
from standin_tasks import test_tasks, validation_tasks
from train_standin import ASSET, ROOT

# The features after these layers of AlexNet's thirteen are compared.
LAYERS = {"pool1": 2, "pool2": 5, "conv3": 7, "conv4": 9, "conv5": 11}
SHOTS, TESTED = 10, 50


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
    parser.add_argument("--validation", action="store_true", help="the tasks to choose settings by")
    options = parser.parse_args()
    if options.fetch:
        fetch(options.pictures)
    trained = assemble(read_features(options.weights)[0]).features
    share = band_share(trained[0].weight)
    print(
        f"{int((share > STRUCTURED).sum())} of 64 first filters are structures (above {STRUCTURED:.0%} in one band)"
    )
    tasks = (validation_tasks if options.validation else test_tasks)(options.pictures)
    show(table(tasks, {"untrained": untrained_features(0), "stand-in": trained}, options.draws))


if __name__ == "__main__":
    main()
