"""Execute one notebook inside the sandbox; say on standard output, line by line, what happens.

Started by `sandbox.py`, from its text alone: the sandbox has the course's packages, not its tools.
The first line of standard input is one JSON object: the cells, limits in seconds and bytes, small
files to write. When standard input ends, whoever asked for the run is gone, and so it ends, too.
Each line of standard output is one too: a cell has been started, a cell has ended with these
outputs, or the kernel could not be kept.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
import traceback

import nbclient
import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async
from traitlets.config import Config

MOST_TEXT, MOST_OUTPUTS = 50_000, 200  # characters and outputs of one cell that are kept
PATIENCE = 10  # seconds for the kernel to come to rest after an interrupt


class Client(nbclient.NotebookClient):
    """A client that keeps the outputs of a cell only up to a limit."""

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output, unless the cell has had its share."""
        if len(outs) >= MOST_OUTPUTS or sum(len(str(o)) for o in outs if "text" in o) > MOST_TEXT:
            return None
        if msg["msg_type"] == "stream":
            msg["content"]["text"] = msg["content"]["text"][:MOST_TEXT]
        return super().output(outs, msg, display_id, cell_index)


def set_limits(limits):
    """Set this process's limits, which the kernel and all that it starts inherit."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE: no reading of this process through /proc
    for name, value in {"RLIMIT_CORE": 0, **limits}.items():
        with contextlib.suppress(OSError, ValueError, AttributeError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            least = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (least, least))


async def comes_to_rest(client):
    """Interrupt the kernel; return whether it answers again."""
    await ensure_async(client.km.interrupt_kernel())
    asked, deadline = client.kc.execute("None", silent=True), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):
            message = await ensure_async(client.kc.get_shell_msg(timeout=1))
            if message["parent_header"].get("msg_id") == asked:
                return True
    return False


async def run(notebook, limit, say):
    """Execute the cells in order, whatever fails; stop when the kernel is lost."""
    config = Config(KernelManager={"transport": "ipc"})  # the sandbox's network has not even a loopback
    settings = {"timeout": limit, "iopub_timeout": 10, "allow_errors": True, "kernel_name": "python3"}
    client = Client(notebook, config=config, **settings)
    async with client.async_setup_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        for index, cell in enumerate(notebook.cells):
            say(started=cell["id"])
            start, lost = time.monotonic(), None
            try:
                await client.async_execute_cell(cell, index)
            except CellTimeoutError:
                text = f"The cell was stopped after {limit} seconds."
                cell.outputs = [*cell.outputs, nbformat.v4.new_output("error", ename="Timeout", evalue=text)]
                lost = None if await comes_to_rest(client) else "could not be stopped"
            except DeadKernelError:
                lost = "ended the kernel"
            say(ended=cell["id"], outputs=cell.outputs, seconds=round(time.monotonic() - start, 2))
            if lost:
                say(lost=cell["id"], why=lost)
                os._exit(0)  # the kernel may not even end when it is told to


def end_with_input():
    """Wait until standard input ends; then end this process, and with it the run."""
    with contextlib.suppress(Exception):
        sys.stdin.read()
    os._exit(1)


def main():
    """Read the task, prepare the sandbox, run."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing that is started here can write to `out`

    def say(**what):
        out.write(json.dumps(what) + "\n")
        out.flush()

    task = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_input, daemon=True).start()
    for path, text in task["files"].items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    set_limits(task["limits"])
    cells = [nbformat.v4.new_code_cell(c["source"], id=c["id"]) for c in task["cells"]]
    try:
        asyncio.run(run(nbformat.v4.new_notebook(cells=cells), task["cell_seconds"], say))
        say(done=True)
    except Exception:
        say(broken=traceback.format_exc(limit=-3)[-2000:])


if __name__ == "__main__":
    main()
