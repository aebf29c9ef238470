"""Execute the notebooks in parallel and keep what each one put out.

    python tools/execute.py [notebook ...] [--jobs N] [--force]

An execution is kept under a key made of everything its outputs depend on: the code and
the tags of its cells, all files of course_utils (data included), requirements.txt,
the versions of Python and torch, and whether torch's cache holds the official AlexNet.
What has not changed is not executed again.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from book import BUILD, ROOT, notebooks, read, stop, write_whole

KEPT = BUILD / "executed"
NO_EFFECT = ("nbgrader", "slideshow")  # metadata of cells that execution does not depend on
TIMEOUT = 600  # seconds for one cell
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "COURSE_STATIC": "1",  # no progress bars, widgets as static figures
    "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one from the user's folder
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def dependencies_hash(root=ROOT):
    """Return a hash of all that every notebook depends on beside its own cells."""
    digest = hashlib.sha256(platform.python_version().encode())
    for package in ("torch", "torchvision", "matplotlib", "numpy"):
        digest.update(importlib.metadata.version(package).encode())
    files = sorted(
        p for p in (root / "course_utils").rglob("*") if p.is_file() and "__pycache__" not in p.parts
    )
    for path in [root / "requirements.txt", *files]:
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update(official_weights().encode())
    return digest.hexdigest()


def official_weights():
    """Return what torch's cache has of AlexNet's official weights, which pages prefer; without importing torch."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(os.environ.get("TORCH_HOME") or Path(cache, "torch")).expanduser()
    found = home.glob("hub/checkpoints/alexnet-*.pth")
    return "".join(sorted(f"{path.name} {path.stat().st_size}\n" for path in found))


def execution_key(notebook, dependencies):
    """Return the key of a notebook's execution: its code cells, their metadata, its dependencies."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    cells = [(c.source, {k: v for k, v in c.metadata.items() if k not in NO_EFFECT}) for c in code]
    text = json.dumps([dependencies, cells], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept_file(path, key):
    """Return where the execution of a notebook is kept."""
    return KEPT / f"{path.parent.name}-{path.stem}-{key}.json"


def run_notebook(path):
    """Execute one notebook in this process; return its outputs, seconds and peak memory, or its error."""
    os.environ.update(ENVIRONMENT)
    import logging
    import resource

    import nbclient

    logging.disable()  # a worker that is stopped because another failed would log its kernel's end

    notebook, start = read(ROOT / path), time.perf_counter()
    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str((ROOT / path).parent)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)  # the kernel's own log; a cell's stderr is an output
    except nbclient.exceptions.CellExecutionError as error:
        return {"error": describe_failure(notebook, f"{error.ename}: {error.evalue}")}
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError, RuntimeError) as error:
        return {"error": describe_failure(notebook, str(error).splitlines()[0])}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "outputs": [c.outputs for c in notebook.cells if c.cell_type == "code"],
        "seconds": time.perf_counter() - start,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss * unit / 2**20,
    }


def describe_failure(notebook, message):
    """Return the cell that failed, with its number and source, and the error."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    executed = [i for i, c in enumerate(code) if c.execution_count is not None] or [0]
    failed = next(
        (i for i, c in enumerate(code) if any(o.output_type == "error" for o in c.outputs)), executed[-1]
    )
    source = "\n".join(f"    {line}" for line in code[failed].source.splitlines())
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    return f"code cell {failed + 1} of {len(code)} (id {code[failed].get('id', '?')}):\n{source}\n  {message}"


def execute(paths=None, *, jobs=None, force=False):
    """Execute what is not kept yet; return {path: kept execution}. Stop at the first failure."""
    paths = paths or notebooks()
    dependencies = dependencies_hash()
    files = {path: kept_file(path, execution_key(read(ROOT / path), dependencies)) for path in paths}
    missing = [path for path in paths if force or not files[path].is_file()]
    if missing:
        _execute_missing(missing, files, jobs or os.cpu_count() or 1)
    return {path: json.loads(file.read_text(encoding="utf-8")) for path, file in files.items()}


def _execute_missing(missing, files, jobs):
    longest_first = sorted(missing, key=lambda path: -_expected_seconds(path))
    pool = ProcessPoolExecutor(
        min(jobs, len(missing)), mp_context=get_context("spawn"), max_tasks_per_child=1
    )
    running = {pool.submit(run_notebook, path): path for path in longest_first}
    with tqdm(total=len(missing), desc="executing", unit="notebook", disable=None) as bar:
        for future in as_completed(running):
            path, result = running[future], future.result()
            if "error" in result:
                _abandon(pool)
                stop(f"{path} failed in {result['error']}")
            _keep(files[path], result)
            tqdm.write(f"  {path}  {result['seconds']:.1f} s, {result['memory_mb']:.0f} MB")
            bar.update()
    pool.shutdown()


def _keep(file, result):
    earlier = list(file.parent.glob(f"{file.stem.rsplit('-', 1)[0]}-*.json"))
    write_whole(file, json.dumps(result))
    for old in earlier:
        if old != file:
            old.unlink(missing_ok=True)


def _abandon(pool):
    for process in list(pool._processes.values()):
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def _expected_seconds(path):
    return read(ROOT / path).metadata.get("course", {}).get("seconds", 60)


def with_outputs(notebook, kept):
    """Return the notebook with the kept outputs in its code cells."""
    import nbformat

    code = [c for c in notebook.cells if c.cell_type == "code"]
    for number, (cell, outputs) in enumerate(zip(code, kept["outputs"], strict=True), start=1):
        cell.execution_count = number
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    return notebook


def main():
    """Execute the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=lambda name: Path(name).resolve().relative_to(ROOT))
    parser.add_argument("--jobs", type=int, help="how many at a time (one core each); default: all cores")
    parser.add_argument("--force", action="store_true", help="execute even what is kept")
    options = parser.parse_args()
    results = execute(options.notebooks, jobs=options.jobs, force=options.force)
    total = sum(result["seconds"] for result in results.values())
    print(f"{len(results)} notebooks, {total:.0f} s of one core in all")


if __name__ == "__main__":
    main()
