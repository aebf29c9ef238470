"""Hand tasks to a Dask cluster: one on this machine, or one that is already there."""

import contextlib
import logging
import tempfile

from book import stop
from grading import sandbox


@contextlib.contextmanager
def client_for(scheduler, workers, *, patience=15):
    """Connect to the scheduler at an address, or start a cluster of single-threaded workers here."""
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.ERROR)
    if scheduler:
        try:
            client = Client(scheduler, timeout=patience)
        except (OSError, ValueError, TimeoutError) as error:
            stop(f"there is no Dask scheduler at {scheduler} ({str(error).splitlines()[0]})")
        with client:
            yield client
    else:
        quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
        here = {"n_workers": workers, "threads_per_worker": 1, "memory_limit": 0, "processes": True}
        with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder:
            here["env"] = {"TMPDIR": folder}  # what a worker leaves behind when it is stopped goes with it
            with LocalCluster(**here, **quiet) as cluster, Client(cluster) as client:
                yield client


def run_all(tasks, client):
    """Yield (key, result) of each task as it comes in; ``tasks`` is {key: (cells, limits)}.

    A task is a pure function of its cells and needs no shared folder. A worker that is lost is
    replaced, and its task is run again, at most twice.
    """
    from distributed import as_completed

    _see_workers(client)
    futures = {
        client.submit(sandbox.run, cells, **limits, key=f"course-{key}", pure=False, retries=2): key
        for key, (cells, limits) in tasks.items()
    }
    for future in as_completed(futures):
        if future.status == "error":
            error = (str(future.exception()).splitlines() or [""])[0][:200]
            why = f"the machine that ran it failed ({type(future.exception()).__name__}: {error})"
            yield (
                futures[future],
                {"outputs": {}, "left_out": {}, "why": why, "seconds": 0, "isolation": "none"},
            )
        else:
            yield futures[future], future.result()
        future.release()


def _see_workers(client, patience=60):
    """Wait for a worker; stop with a sentence if there is none, or one that lacks the course."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        stop(f"the cluster has no worker after {patience} s: start some with `make worker SCHEDULER=address`")
    try:
        client.run(_can_run)
    except Exception as error:
        stop(f"a worker of the cluster lacks what a submission needs ({error}): use `make worker` there")


def _can_run():
    """Fail on a worker that lacks the course."""
    import nbclient  # noqa: F401
    import psutil  # noqa: F401

    import course_utils  # noqa: F401
