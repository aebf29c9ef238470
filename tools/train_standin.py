"""Train the stand-in for AlexNet's weights: no labels, no other model, freely licensed pictures.

    python tools/train_standin.py [--pictures FOLDER] [--fetch] [--steps N] [--out FILE]

The first filters start from k-means centres of colour patches (Coates & Ng, 2012). Then all five
convolutions learn to tell which two crops show the same place of a picture (NT-Xent; Chen et al.,
2020; few pictures suffice: Asano et al., 2020). Half of the pairs keep their colours, so that
colour stays a cue; the others change brightness, contrast, saturation and tint strongly.
Every random number is drawn from the seed and the number of the step, so a run that is stopped
goes on from its last checkpoint as if it had not been.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait sleep: others may need the cores

import numpy as np
import torch
import torch.nn.functional as F

from standin_images import cut, fetch, files_hash, load_pictures, picture_files
from standin_network import folded_state, kmeans_filters, projection_head, standardize, training_network

ROOT = Path(__file__).resolve().parent.parent
ASSET = ROOT / "course_utils" / "assets" / "alexnet" / "standin-features.safetensors"
PLATEAU_SIZE, SIZE = (
    48,
    64,
)  # pixels of a training crop: on the plateau of the learning rate, and during its fall
LR, FIRST_LAYER, WEIGHT_DECAY = 1.5e-3, 1 / 3, 0.1
WARM_UP, DECAY = 200, 0.4  # steps; share of the steps over which the learning rate falls to zero
TEMPERATURE = 0.2
FLAT = 12  # of 255: a place whose pixels vary less is drawn anew
KEPT_COLORS = 0.5  # share of the pairs whose two crops keep their colours


def places(pyramids, rng, count, share_made=0.3):
    """Draw ``count`` places; return for each the pyramid and the parameters of its two crops."""
    photographs, made = pyramids
    drawn, refused = [], 0
    while len(drawn) < count:
        group = made if made and rng.random() < share_made else photographs
        levels = group[rng.integers(len(group))]
        width, height = levels[0].size
        side = min(np.exp(rng.uniform(np.log(0.8 * SIZE), np.log(7 * SIZE))), 0.6 * min(height, width))
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
    """Return both crops of ``pairs`` places, (2 * pairs, 3, size, size): crops i and i + pairs belong together."""
    rng = np.random.default_rng((seed, step))
    drawn = places(pyramids, rng, pairs)
    views = np.stack([cut(levels, *crops[k], size) for k in range(2) for levels, crops in drawn])
    x = torch.from_numpy(views).permute(0, 3, 1, 2).contiguous().float().div_(255)
    generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
    x = change_colors(x, generator)
    flip = torch.rand(2 * pairs, generator=generator) < 0.5
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


def nt_xent(z):
    """Return the loss of embeddings (2P, D): each has to find its partner among all others."""
    z = F.normalize(z, dim=1)
    similarity = (z @ z.T / TEMPERATURE).fill_diagonal_(float("-inf"))
    return F.cross_entropy(similarity, torch.arange(len(z)).roll(len(z) // 2))


def first_filters(pyramids, seed, count=200_000):
    """Return 64 filters (64, 3, 11, 11) learnt by k-means from patches at three scales."""
    rng, patches, crop, each = np.random.default_rng((seed, 2**31)), [], 131, 100
    for number in range(count // each):
        (levels, crops), *_ = places(pyramids, rng, 1, share_made=0.15)
        y, x, _, angle = crops[0]
        pixels = cut(levels, y, x, crop * (1, 2, 4)[number % 3], angle, crop)
        corners = rng.integers(0, crop - 11, (each, 2))
        patches.append(np.stack([pixels[i : i + 11, j : j + 11] for i, j in corners]))
    patches = torch.from_numpy(np.concatenate(patches)).permute(0, 3, 1, 2)
    return kmeans_filters(standardize(patches.float().div_(255)), seed=seed)


def learning_rate(step, steps):
    """Return the factor on the learning rate: a rise, a plateau, a straight fall to zero."""
    return min((step + 1) / WARM_UP, 1.0, (steps - step) / (DECAY * steps))


def start(pyramids, options):
    """Return network, head and optimizer at step 0; a checkpoint brings its own first filters."""
    torch.manual_seed(options.seed)
    network, head = training_network(), projection_head()
    if not options.checkpoint.is_file():
        length = network[0].weight.flatten(1).norm(dim=1).mean()
        network[0].weight.data.copy_(length * first_filters(pyramids, options.seed))
        print("first filters ready", flush=True)
    network = network.to(memory_format=torch.channels_last)
    rest = [p for p in (*network.parameters(), *head.parameters()) if p is not network[0].weight]
    groups = [{"params": [network[0].weight], "factor": FIRST_LAYER}, {"params": rest, "factor": 1.0}]
    return network, head, torch.optim.AdamW(groups, lr=LR, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))


def train(pyramids, options):
    """Train, or go on from the checkpoint; return the network."""
    network, head, optimizer = start(pyramids, options)
    parts, done, began = {"network": network, "head": head, "optimizer": optimizer}, 0, time.perf_counter()
    if options.checkpoint.is_file():
        kept = torch.load(options.checkpoint, weights_only=True)
        done = kept.pop("step")
        for name, state in kept.items():
            parts[name].load_state_dict(state)
        print(f"going on after step {done}", flush=True)
    recent = []
    for step in range(done, options.steps):
        for group in optimizer.param_groups:
            group["lr"] = LR * group["factor"] * learning_rate(step, options.steps)
        size = PLATEAU_SIZE if step < (1 - DECAY) * options.steps else SIZE
        views = batch(pyramids, options.pairs, size, options.seed, step)
        loss = nt_xent(head(network(views).mean((2, 3))))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        recent.append(loss.item())
        if (step + 1) % 50 == 0 or step + 1 == options.steps:
            print(f"step {step + 1}/{options.steps}  loss {np.mean(recent[-50:]):.3f}  "
                  f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
            save_checkpoint(options.checkpoint, parts, step + 1)
    return network.eval()


def save_checkpoint(path, parts, step):
    """Write the state of all parts after ``step`` steps; a run that is cut off leaves the last one whole."""
    beside = path.with_suffix(".new")
    torch.save({name: part.state_dict() for name, part in parts.items()} | {"step": step}, beside)
    beside.replace(path)


def save(network, options):
    """Write AlexNet's features, batch norm folded, as float16 safetensors that say how they were made."""
    from safetensors.torch import save_file

    files = picture_files(options.pictures)
    metadata = {
        "name": "stand-in",
        "architecture": "torchvision.models.alexnet().features",
        "made_by": "tools/train_standin.py",
        "method": "spherical k-means first layer, then NT-Xent on pairs of crops, without labels; batch norm folded",
        "pictures": f"{len(files)} freely licensed pictures of Debian's desktop backgrounds, credited in LICENSES.md, "
        f"and {options.made} made ones",
        "pictures_sha256": files_hash(files),
        "settings": f"seed {options.seed}, {options.steps} steps of {options.pairs} pairs, torch {torch.__version__}",
        "input": "RGB in [0, 1], standardized with ImageNet's mean and standard deviation",
        "licence": "BSD-3-Clause, like the course; no picture is contained, all are credited in LICENSES.md",
    }
    state = {name: value.half().contiguous() for name, value in folded_state(network).items()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(state, options.out, metadata)
    print(f"wrote {options.out}, {options.out.stat().st_size / 1e6:.2f} MB")


def main():
    """Read the command line, train, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--pictures", type=Path, default=ROOT / "_build" / "pictures", help="where the packages lie"
    )
    parser.add_argument("--fetch", action="store_true", help="download the Debian packages first")
    parser.add_argument("--made", type=int, default=100, help="number of made images")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpoint", type=Path, default=ROOT / "_build" / "standin.pt")
    parser.add_argument("--out", type=Path, default=ASSET)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if options.fetch:
        fetch(options.pictures)
    pyramids = load_pictures(options.pictures, options.made, options.seed)
    print(f"{len(pyramids[0])} pictures, {len(pyramids[1])} made images", flush=True)
    save(train(pyramids, options), options)


if __name__ == "__main__":
    main()
