"""Look at what a run uses, and end it with all that it has started."""

import time

import psutil

MOST_PROCESSES = 200


class Watch:
    """Looks at the time, memory and processes of a run."""

    def __init__(self, pid, seconds, memory_mb):
        self.pid, self.memory_mb = pid, memory_mb
        self.seconds, self.deadline = seconds, time.monotonic() + seconds
        self.is_the_cells_fault = False

    def too_much(self):
        """Return what the run has too much of, or None."""
        if time.monotonic() > self.deadline:
            return "the time for the whole notebook was used up"
        processes = family(self.pid)
        crowded = len(processes) > MOST_PROCESSES
        greedy = not crowded and self._memory(processes) > self.memory_mb * 2**20
        self.is_the_cells_fault = crowded or greedy
        if crowded:
            return f"started more than {MOST_PROCESSES} processes"
        return f"took more than {self.memory_mb} MB of memory" if greedy else None

    def _memory(self, processes):
        """Return the bytes of memory in use; what processes share is counted once if it matters."""
        memory = sum(_bytes(p, lambda p: p.memory_info().rss) for p in processes)
        if memory > self.memory_mb * 2**20:
            memory = sum(_bytes(p, lambda p: _shared_out(p.memory_full_info())) for p in processes)
        return memory


def _bytes(process, measure):
    try:
        return measure(process)
    except psutil.Error:
        return 0


def _shared_out(memory):
    return getattr(memory, "pss", memory.uss)


def family(pid):
    """Return a process and all that descend from it."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.Error:
        return []


def end(process, mark):
    """End a run: its descendants, and whatever carries its mark in the environment."""
    doomed = family(process.pid)
    if "unshare" not in str(process.args[0]):  # else all end with the namespace's first process
        doomed += [p for p in psutil.process_iter() if _carries(p, mark)]
    for each in doomed:
        try:
            each.kill()
        except psutil.Error:
            continue
    process.wait()


def _carries(process, mark):
    try:
        return process.environ().get("COURSE_RUN") == mark
    except (psutil.Error, OSError):
        return False
