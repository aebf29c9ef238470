"""Print how fast the course is, as ratios of two things measured in one run.

    python tools/bench.py [fit] [site] [weight] [widgets] [grading]

fit      `fit` against the loop of the course's sources, and against a bare loop over tensors
site     a cold build of the site against jupyter-book executing the notebooks one after the other
weight   what a visit to each page weighs, beside a stock Jupyter Book, and when it first shows
widgets  frame times of the explorables (needs a Chromium)
grading  200 made-up submissions with 1 and 2 workers, against running notebooks bare (about half an hour)
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from book import ROOT, notebooks

PARTS = ("fit", "site", "weight", "widgets", "grading")


def network():
    """Return the small CNN of the lecture on anatomy: 4 and 8 channels, 3x3 kernels."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(8 * 7 * 7, 10),
    )  # fmt: skip


def source_loop(model):
    """Train one epoch as the sources do: a DataLoader over torchvision's data set of PIL images."""
    import torch
    from torchvision.transforms import ToTensor

    from course_utils.data import mnist

    loader = torch.utils.data.DataLoader(mnist(transform=ToTensor()), batch_size=100, shuffle=True)
    train_over(model, loader)


def bare_loop(model, images, labels):
    """Train one epoch over tensors in memory with nothing else: the floor."""
    import torch

    train_over(model, ((images[i], labels[i]) for i in torch.randperm(len(images)).split(100)))


def train_over(model, batches):
    """Take one SGD step for each batch."""
    import torch

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def bench_fit(rounds=5):
    """Compare the three ways to train, in turns; the fastest of each counts."""
    from course_utils.data import mnist_tensors
    from course_utils.training import accuracy, fit

    train, test = mnist_tensors(), mnist_tensors(train=False)
    ways = {
        "source loop": source_loop,
        "bare loop": lambda model: bare_loop(model, *train),
        "fit": lambda model: fit(model, train, batch_size=100, lr=0.1),
    }
    seconds, right = {}, {}
    for turn in range(rounds):
        for name, way in ways.items():
            if turn and name == "source loop":
                continue  # much the slowest, and one turn is enough
            model, start = network(), time.perf_counter()
            way(model)
            seconds.setdefault(name, []).append(time.perf_counter() - start)
            right[name] = accuracy(model, test)
    for name, times in seconds.items():
        print(f"  {name:18} {min(times):6.2f} s an epoch, test accuracy {right[name]:.3f}")
    best = {name: min(times) for name, times in seconds.items()}
    print(f"  the sources' loop / fit: {best['source loop'] / best['fit']:.1f}  (goal: at least 3)")
    print(f"  fit / bare loop: {best['fit'] / best['bare loop']:.2f}  (goal: at most 1.10)")


def bench_site():
    """Build the site cold, in parallel; then let jupyter-book execute the same notebooks one by one."""
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder, "ours"), Path(folder, "stock")
        skipped = shutil.ignore_patterns("_build", ".git", ".venv", "__pycache__")
        for copy in (ours, stock):
            shutil.copytree(ROOT, copy, ignore=skipped)
        cold = timed([sys.executable, "tools/build.py"], ours)
        warm = timed([sys.executable, "tools/build.py"], ours)
        config = (stock / "_config.yml").read_text()
        forced = "execute_notebooks: force\n  timeout: 600\n  exclude_patterns: [book/labs/*]"
        config = config.replace('execute_notebooks: "off"', forced)
        (stock / "_config.yml").write_text(config)
        print(f"  {len(notebooks())} notebooks: cold {cold:.0f} s", flush=True)
        serial = timed([str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--quiet"], stock)
    print(f"  one after the other: {serial:.0f} s")
    print(f"  cold / one after the other: {cold / serial:.2f}  (goal: at most 0.65)")
    print(f"  warm, nothing changed: {warm:.1f} s  (goal: under 10)")


def timed(command, folder):
    """Run a command; return its seconds. Stop with its last words if it fails."""
    start = time.perf_counter()
    own = os.environ | {"PYTHONPATH": f"{folder / 'tools'}:{folder}"}
    result = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return time.perf_counter() - start


def bench_weight():
    """Print the weight of each page; needs a built site and, for painting, a Chromium."""
    subprocess.run([sys.executable, str(ROOT / "tools/bench_site_weight.py")], check=False)


def bench_widgets():
    """Print the frame times of the explorables."""
    subprocess.run([sys.executable, str(ROOT / "tools/bench_widgets.py")], check=False)


def bench_grading():
    """Print the throughput of `make grade` and what it adds to running the notebooks."""
    subprocess.run([sys.executable, str(ROOT / "tools/bench_grading.py")], check=False)


def main():
    """Run the parts named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"of {', '.join(PARTS)}")
    for part in parser.parse_args().parts:
        if part not in PARTS:
            parser.error(f"there is no part {part!r}: choose from {', '.join(PARTS)}")
        print(f"{part}:", flush=True)
        globals()[f"bench_{part}"]()


if __name__ == "__main__":
    main()
