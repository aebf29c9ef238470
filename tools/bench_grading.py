"""Print how fast submissions are graded: with 1 and 2 workers, and against running the notebooks bare.

    python tools/bench_grading.py [--submissions 200]

The submissions are made up: right, partly right, wrong and broken, in turn. Each trains a small
network for a few seconds, as a lab does. Bare means nbclient, one notebook after the other.
"""

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import mean
from types import SimpleNamespace

import nbclient
import nbformat

import grade
import made_up
import students
from execute import ENVIRONMENT
from grading.prepare import prepare

GIVEN = """\
import torch
from course_utils.data import mnist_tensors
from course_utils.training import fit

torch.manual_seed(0)
images, labels = mnist_tensors()
network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 60), torch.nn.ReLU(), torch.nn.Linear(60, 10))
fit(network, (images, labels), epochs=2, batch_size=50, lr=0.05, progress=False)
numbers = [1, 2, 3]"""
BARE = 4  # notebooks run bare before one worker grades, and again after: a machine is not always as busy


def kinds(copied):
    """Return the made-up submissions, of which copies are handed in, and which of them can be run."""
    right, wrong = made_up.RIGHT, {"double": "def double(x):\n    return x ** 2", "total": "total = 13"}
    partly = {**right, "total": "total = 6"}
    broken = {**right, "double": "def double(x:"}
    runs = {name: made_up.handed_in(copied, **answers) for name, answers in
            {"right": right, "partly": partly, "wrong": wrong, "broken": broken}.items()}  # fmt: skip
    return {**runs, "cut": "{ half a noteb"}


def folder_of(count, folder, copied):
    """Write so many submissions to a folder; return how many of them can be run."""
    made, names = kinds(copied), ["right"] * 4 + ["partly"] * 3 + ["wrong"] * 2 + ["broken", "right", "cut"]
    chosen = [names[i % len(names)] for i in range(count)]
    made_up.folder_of(folder, **{f"{i:03} {name}": made[name] for i, name in enumerate(chosen)})
    return sum(name != "cut" for name in chosen)


def run_bare(lab, notebook):
    """Return the seconds that a notebook takes when nbclient runs its cells, and nothing else is done."""
    cells = [nbformat.v4.new_code_cell(c["source"]) for c in prepare(lab, notebook).cells]
    start = time.perf_counter()
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3")
    asyncio.run(client.async_execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    return time.perf_counter() - start


def bare_runs(lab, copied):
    """Return the seconds that some of them take."""
    return [run_bare(lab, kinds(copied)["right"]) for _ in range(BARE)]


def graded(lab, source, folder, workers):
    """Return the seconds that grading a folder takes."""
    with tempfile.TemporaryDirectory() as out:
        options = SimpleNamespace(seconds=300, memory=2048, out=out, scheduler=None, workers=workers)
        start = time.perf_counter()
        grade.grade(lab, source, folder, options)
        return time.perf_counter() - start


def main():
    """Make submissions up, grade them with 1 and 2 workers, run some bare; print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    count = parser.parse_args().submissions
    os.environ.update(ENVIRONMENT)
    source = students.annotated(made_up.a_lab(GIVEN))
    lab = grade.lab_of(source, "sums")
    copied = students.copy_of(source, Path("book/labs/sums.ipynb"), {}, slug="a/b", branch="main")
    bares, seconds = bare_runs(lab, copied), {}
    with tempfile.TemporaryDirectory() as folder:
        runs = folder_of(count, Path(folder), copied) + 1  # and the reference solution
        seconds[1] = graded(lab, source, folder, 1)
        bares += bare_runs(lab, copied)
        seconds[2] = graded(lab, source, folder, 2)
    bare = mean(bares)
    for workers, took in seconds.items():
        print(f"  {workers} worker{'s' * (workers > 1)}: {60 * count / took:.1f} submissions a minute")
    print(f"  2 workers / 1: {seconds[1] / seconds[2]:.2f}")
    print(f"  graded / bare: {seconds[1] / (bare * runs):.2f}  ({bare:.1f} s bare; goal: at most 1.30)")


if __name__ == "__main__":
    main()
