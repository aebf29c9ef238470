"""Run one prepared notebook in a process, a folder and, where the system allows it, namespaces of its own.

Isolation has three degrees, found out by trying (`isolation`):

enclosed   Linux with user namespaces: a root folder with nothing in it but Python, its packages and
           course_utils, all read-only; no network; when the run ends, every process of it ends
offline    the same processes and network, but the instructor's files can be read
open       a process with limits only (macOS, containers that forbid namespaces)
"""

import functools
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import psutil

from grading.watch import MOST_PROCESSES, Watch, end

HERE = Path(__file__).parent
NAMESPACES = [
    "unshare",
    "--user",
    "--map-root-user",
    "--pid",
    "--fork",
    "--kill-child",
    "--net",
    "--ipc",
    "--uts",
]
SYSTEM = (
    "/usr /bin /sbin /lib /lib32 /lib64 /etc/passwd /etc/group /etc/ld.so.cache /etc/localtime /etc/fonts"
)
ENVIRONMENT = {
    "COURSE_STATIC": "1",  # no progress bars, widgets as figures, no download of weights
    "COURSE_OFFLINE": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
MOST_FILE = 512 * 2**20
ADDRESSES = 4 * 2**30  # bytes of address space beside the memory limit: libraries, stacks of threads
QUICK_START = (
    "import sys; sys.modules['rfc3987_syntax'] = None\n"  # jsonschema takes a second to load it, unused
)
GLANCE = 0.2  # seconds between two looks at what a run uses


def kept_folders():
    """Return what an enclosed run can see: the system's libraries, this Python, and course_utils."""
    import course_utils

    named = [Path(p) for p in (sys.prefix, sys.base_prefix)]
    pythons = {str(p) for p in [*named, *(p.resolve() for p in named)]}
    pythons = {p for p in pythons if not p.startswith("/usr/") and p != "/usr"}
    return [*SYSTEM.split(), *sorted(pythons), str(Path(course_utils.__file__).parent)]


def command(degree, root, program):
    """Return the command line that runs a program with a degree of isolation."""
    if degree == "enclosed":
        script = ["sh", str(HERE / "enclosed.sh"), str(root), *kept_folders(), "--"]
        return [*NAMESPACES, "--mount", *script, *program]
    return [*NAMESPACES, *program] if degree == "offline" else program


@functools.cache
def isolation():
    """Return the highest degree of isolation that this machine allows."""
    for degree in ("enclosed", "offline"):
        with tempfile.TemporaryDirectory() as root:
            trial = command(degree, root, [sys.executable, "-c", "print('in')"])
            try:
                found = subprocess.run(
                    trial, capture_output=True, text=True, timeout=60, env=environment("/")
                )
            except (OSError, subprocess.TimeoutExpired):
                continue
        if found.stdout == "in\n":
            return degree
    return "open"


def environment(home):
    """Return the few variables that a run gets: none of them from the instructor's own environment."""
    places = {"HOME": home, "TMPDIR": home, "IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": f"{home}/.mpl"}
    places |= {"JUPYTER_RUNTIME_DIR": f"{home}/.runtime", "JUPYTER_CONFIG_DIR": f"{home}/.jupyter"}
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return {"PATH": path, **places, **ENVIRONMENT}


def font_list():
    """Return matplotlib's list of fonts as a file for the run, which would take seconds to make it."""
    import matplotlib

    found = Path(matplotlib.get_cachedir()).glob("fontlist-*.json")
    return {f".mpl/{path.name}": path.read_text(encoding="utf-8") for path in found}


def run(cells, *, seconds, cell_seconds, memory_mb, degree=None):
    """Run code cells in order; return what each put out, and what ended the run.

    ``cells`` is a list of {"id", "source"}. A cell that takes the kernel with it, or more memory or
    processes than allowed, is left out of a second run, so that the others can still be judged.
    The result has "outputs" {id: outputs}, "left_out" {id: why}, "why" (None if all was run),
    "seconds" and "isolation".
    """
    degree, start = degree or isolation(), time.monotonic()
    left_out, executed, why = {}, {}, None
    for _ in range(4):
        task = {"cells": [c for c in cells if c["id"] not in left_out], "cell_seconds": cell_seconds}
        task |= {"limits": limits(seconds, memory_mb), "files": font_list()}
        rest = seconds - (time.monotonic() - start)
        found, culprit, why = one_run(task, rest, memory_mb, degree)
        executed |= found
        if culprit is None:
            break
        left_out[culprit] = why
    used = round(time.monotonic() - start, 1)
    return {"outputs": executed, "left_out": left_out, "why": why, "seconds": used, "isolation": degree}


def limits(seconds, memory_mb):
    """Return the limits that the kernel sets for the processes of a run."""
    mine = sum(p.num_threads() for p in psutil.process_iter() if _is_mine(p)) if os.getuid() else 0
    return {
        "RLIMIT_AS": memory_mb * 2**20 + ADDRESSES,
        "RLIMIT_CPU": int(seconds) + 10,
        "RLIMIT_FSIZE": MOST_FILE,
        "RLIMIT_NPROC": mine + MOST_PROCESSES,
    }


def _is_mine(process):
    try:
        return process.uids().real == os.getuid()
    except psutil.Error:
        return False


def one_run(task, seconds, memory_mb, degree):
    """Run once; return ({cell id: outputs}, the cell that the run failed in or None, what went wrong)."""
    mark, folder = f"course-run-{uuid.uuid4().hex}", tempfile.mkdtemp(prefix="submission-")
    home = "/submission" if degree == "enclosed" else folder
    program = [sys.executable, "-c", QUICK_START + (HERE / "runner.py").read_text(encoding="utf-8")]
    process = subprocess.Popen(
        command(degree, folder, program),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment(home), "COURSE_RUN": mark},
        cwd=folder,
        start_new_session=True,
    )
    try:
        lines = said_by(process, task)
        return follow(process, lines, Watch(process.pid, seconds, memory_mb))
    finally:
        end(process, mark)
        process.stdin.close()
        shutil.rmtree(folder, ignore_errors=True)


def said_by(process, task):
    """Hand the task over; return a queue of the lines that come back, then None."""
    lines = queue.Queue()

    def talk():
        try:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()  # and stays open: when it ends, the run does, too
        except OSError:
            pass  # it ended before it had read the task
        with process.stdout:
            for line in process.stdout:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=talk, daemon=True).start()
    return lines


def follow(process, lines, watch):
    """Collect what the run says until it ends or uses too much."""
    executed, running = {}, None
    while True:
        try:
            line = lines.get(timeout=GLANCE)
        except queue.Empty:
            if why := watch.too_much():
                return executed, running if watch.is_the_cells_fault else None, why
            continue
        said = json.loads(line) if line else {"broken": "it ended without a word"}
        running = said.get("started", running)
        if "ended" in said:
            executed[said["ended"]] = said["outputs"]
        elif "lost" in said:
            return executed, said["lost"], said["why"]
        elif "done" in said:
            return executed, None, None
        elif "broken" in said:
            return executed, running, f"the run broke off ({said['broken'].strip().splitlines()[-1]})"
