"""Train the stand-in for AlexNet's weights: no labels, no other model, freely licensed pictures.

    python tools/train_standin.py [--pictures FOLDER] [--fetch] [--steps N] [--out FILE]

The first filters start from k-means centres of grey and of coloured patches (Coates & Ng, 2012). Then all
five convolutions learn to tell which two views show the same: two crops of one place of a picture, or one
made-up glyph written twice (NT-Xent; Chen et al., 2020; few pictures suffice: Asano et al., 2020). Half of
the pairs keep their colours, so that colour stays a cue; the others change brightness, contrast, saturation
and tint strongly. The loss looks at the last layer and, through a head of its own, at the second pooling.
Every random number is drawn from the seed and the number of the step, so a run that is stopped
goes on from its last checkpoint as if it had not been.

The default settings made the committed file, on two cores that were busy with other work, in 66 minutes.
On two free cores a step takes about 0.22, 0.45 and 1.1 seconds at the three sizes of a view, which makes
three quarters of an hour in bfloat16, and up to twice as much in float32.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait sleep: others may need the cores

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from standin_images import cut, fetch, files_hash, load_pictures, picture_files
from standin_network import first_layer, folded_state, projection_head, standardize, training_network
from standin_views import Batches, places

ROOT = Path(__file__).resolve().parent.parent
ASSET = ROOT / "course_utils" / "assets" / "alexnet" / "standin-features.safetensors"
SIZES = ((0.7, 48), (0.92, 64), (1.0, 96))  # up to this share of the steps, a view has so many pixels a side
LR, FIRST_LAYER, WEIGHT_DECAY = 1.5e-3, 1 / 4, 0.05
WARM_UP, DECAY = 200, 0.4  # steps; share of the steps over which the learning rate falls to zero
TEMPERATURE = 0.2
POOL2, SHARE_POOL2 = 7, 0.3  # module after which the second head looks; its share of the loss


def nt_xent(z):
    """Return the loss of embeddings (2P, D): each has to find its partner among all others."""
    z = F.normalize(z.float(), dim=1)
    similarity = (z @ z.T / TEMPERATURE).fill_diagonal_(float("-inf"))
    return F.cross_entropy(similarity, torch.arange(len(z), device=z.device).roll(len(z) // 2))


def first_filters(pyramids, seed, count=200_000):
    """Return 64 filters (64, 3, 11, 11) learnt by k-means from patches at three scales, turned at random."""
    rng, patches, crop, each = np.random.default_rng((seed, 2**31)), [], 131, 100
    for number in range(count // each):
        (levels, crops), *_ = places(pyramids, rng, 1, 64, made=0.15)
        y, x, *_ = crops[0]
        pixels = cut(levels, y, x, crop * (1, 2, 4)[number % 3], rng.uniform(0, 2 * np.pi), crop)
        corners = rng.integers(0, crop - 11, (each, 2))
        patches.append(np.stack([pixels[i : i + 11, j : j + 11] for i, j in corners]))
    patches = torch.from_numpy(np.concatenate(patches)).permute(0, 3, 1, 2)
    return first_layer(standardize(patches.float().div_(255)), seed=seed)


def learning_rate(step, steps):
    """Return the factor on the learning rate: a rise, a plateau, a straight fall to zero."""
    return min((step + 1) / WARM_UP, 1.0, (steps - step) / (DECAY * steps))


def view_size(step, steps):
    """Return the side of a view in pixels: they grow while the learning rate falls."""
    return next(size for share, size in SIZES if step < share * steps)


def start(pyramids, options):
    """Return network, heads and optimizer at step 0; a checkpoint brings its own first filters."""
    torch.manual_seed(options.seed)
    network, heads = training_network(), torch.nn.ModuleList([projection_head(256), projection_head(192)])
    if not options.checkpoint.is_file():
        length = network[0].weight.flatten(1).norm(dim=1).mean()
        network[0].weight.data.copy_(length * first_filters(pyramids, options.seed))
        print("first filters ready", flush=True)
    network, heads = network.to(options.device, memory_format=torch.channels_last), heads.to(options.device)
    rest = [p for p in (*network.parameters(), *heads.parameters()) if p is not network[0].weight]
    groups = [{"params": [network[0].weight], "factor": FIRST_LAYER}, {"params": rest, "factor": 1.0}]
    return network, heads, torch.optim.AdamW(groups, lr=LR, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))


def loss_of(views, network, heads, precision):
    """Return the loss of a batch of views: of the last layer, and with a smaller share of the second pooling."""
    with torch.autocast(views.device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        early = network[: POOL2 + 1](views)
        late = network[POOL2 + 1 :](early)
        embeddings = [head(maps.mean((2, 3))) for head, maps in zip(heads, (late, early), strict=True)]
    last, second = (nt_xent(z) for z in embeddings)
    return (1 - SHARE_POOL2) * last + SHARE_POOL2 * second, last


def resume(parts, options):
    """Load the checkpoint into all parts, if there is one; return the number of steps done and their seconds."""
    if not options.checkpoint.is_file():
        return 0, 0.0
    kept = torch.load(options.checkpoint, weights_only=True, map_location=options.device)
    done, seconds = kept.pop("step"), kept.pop("seconds")
    for name, state in kept.items():
        parts[name].load_state_dict(state)
    print(f"going on after step {done}", flush=True)
    return done, seconds


def train(pyramids, options):
    """Train, or go on from the checkpoint; return the network and the seconds it took."""
    network, heads, optimizer = start(pyramids, options)
    parts = {"network": network, "heads": heads, "optimizer": optimizer}
    done, seconds = resume(parts, options)
    batches = Batches(pyramids, options.pairs, options.seed, done, options.steps, view_size)
    loader = torch.utils.data.DataLoader(batches, batch_size=None, num_workers=options.workers)
    recent, began = [], time.perf_counter() - seconds
    progress = tqdm(loader, total=options.steps, initial=done, unit="step")
    for step, views in enumerate(progress, start=done):
        for group in optimizer.param_groups:
            group["lr"] = LR * group["factor"] * learning_rate(step, options.steps)
        loss, last = loss_of(views.to(options.device), network, heads, options.precision)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        recent.append(last.item())
        if (step + 1) % 50 == 0 or step + 1 == options.steps:
            progress.set_postfix(loss=f"{np.mean(recent[-50:]):.3f}", refresh=False)
            save_checkpoint(options.checkpoint, parts, step + 1, time.perf_counter() - began)
    return network.cpu().eval(), time.perf_counter() - began


def save_checkpoint(path, parts, step, seconds):
    """Write the state of all parts; a run that is cut off leaves the last one whole."""
    beside = path.with_suffix(".new")
    state = {name: part.state_dict() for name, part in parts.items()}
    torch.save(state | {"step": step, "seconds": seconds}, beside)
    beside.replace(path)


def save(network, seconds, options):
    """Write AlexNet's features, batch norm folded, as float16 safetensors that say how they were made."""
    from course_utils._alexnet import write_features

    files, where = picture_files(options.pictures), f"{options.device}, {options.threads} threads"
    metadata = {
        "name": "stand-in",
        "architecture": "torchvision.models.alexnet().features",
        "made_by": "tools/train_standin.py",
        "method": "spherical k-means first layer, then NT-Xent on pairs of views, without labels; batch norm folded",
        "pictures": f"{len(files)} freely licensed pictures of Debian's desktop backgrounds, credited in LICENSES.md, "
        f"and {options.made} made ones; made-up glyphs",
        "pictures_sha256": files_hash(files),
        "settings": f"seed {options.seed}, {options.steps} steps of {options.pairs} pairs, torch {torch.__version__}",
        "trained_on": f"{where}, {options.precision}, {seconds / 60:.0f} minutes",
        "input": "RGB in [0, 1], standardized with ImageNet's mean and standard deviation",
        "licence": "BSD-3-Clause, like the course; no picture is contained, all are credited in LICENSES.md",
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_features(options.out, folded_state(network), metadata)
    print(f"wrote {options.out}, {options.out.stat().st_size / 1e6:.2f} MB")


def fast_precision():
    """Return bfloat16 where the processor has instructions for it, which nearly halves the time; else float32."""
    found = torch.cpu.get_capabilities()
    return "bfloat16" if any(has for name, has in found.items() if "bf16" in name) else "float32"


def command_line():
    """Return the options given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = ROOT / "_build" / "pictures"
    parser.add_argument("--pictures", type=Path, default=folder, help="where the packages lie")
    parser.add_argument("--fetch", action="store_true", help="download the Debian packages first")
    parser.add_argument("--made", type=int, default=100, help="number of made images")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--pairs", type=int, default=160)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="where to train, such as cuda")
    parser.add_argument(
        "--threads", type=int, default=1, help="cores that the network takes, beside the workers"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that cut the views; 0: none beside")
    parser.add_argument("--precision", choices=("bfloat16", "float32"), default=fast_precision())
    parser.add_argument("--checkpoint", type=Path, default=ROOT / "_build" / "standin.pt")
    parser.add_argument("--out", type=Path, default=ASSET)
    return parser.parse_args()


def main():
    """Read the command line, train, write the weights."""
    options = command_line()
    torch.set_num_threads(options.threads)
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if options.fetch:
        fetch(options.pictures)
    pyramids = load_pictures(options.pictures, options.made, options.seed)
    print(f"{len(pyramids[0])} pictures, {len(pyramids[1])} made images", flush=True)
    save(*train(pyramids, options), options)


if __name__ == "__main__":
    main()
