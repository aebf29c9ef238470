"""The samples seen so far: how they are counted, and how they are not."""

from course_utils.checks._report import need
from course_utils.checks._values import close, kind_of


def need_counter(counter, interval, epoch, loader, *, names):
    """Raise unless the samples seen are counted right; ``names`` are those of the notebook."""
    n, size = len(loader.dataset), loader.batch_size
    right = [epoch * n + min(size * i, n) for i in range(interval, len(loader) + 1, interval)]
    need(
        isinstance(counter, (list, tuple)),
        "counter as a list",
        kind_of(counter),
        "the first line, which is given",
    )
    hints = [*slips(right, interval, epoch, loader), *borrowed(interval, epoch, loader, names)]
    cause = next((hint for hint, value in hints if close(counter, value)), None)
    told = f"counter to be {right} (epoch={epoch}, log_interval={interval}, {n} samples in batches of {size})"
    hint = cause or "how `seen` starts, grows, and is recorded"
    need(close(counter, right), told, f"{list(counter)}", hint)


def borrowed(interval, epoch, loader, names):
    """Yield (hint, counter) for counts by names of the notebook in place of the function's own."""
    n, size = len(loader.dataset), loader.batch_size
    own, batch_size = len(names.get("train_data") or loader.dataset), names.get("batch_size", size)
    told = "the counting: by the notebook's data or batch size, not by the loader that the function gets"
    for start in {n, own, batch_size * len(loader)}:
        for step in {size, batch_size} - ({size} if start == n else set()):
            yield told, [start * epoch + step * i for i in range(interval, len(loader) + 1, interval)]
            yield told, [start * epoch + min(step * i, n) for i in range(interval, len(loader) + 1, interval)]


def slips(right, interval, epoch, loader):
    """Return (hint, counter) for the usual slips."""
    n, size = len(loader.dataset), loader.batch_size
    ends = [min(size * i, n) for i in range(1, len(loader) + 1)]
    full = [epoch * n + size * i for i in range(interval, len(loader) + 1, interval)]
    numbers = list(range(interval, len(loader) + 1, interval))
    return [
        ("the start: the samples of earlier epochs are not counted", [c - epoch * n for c in right]),
        ("the start: it counts the batches of earlier epochs, not their samples",
         [c - epoch * n + epoch * len(loader) for c in right]),
        ("the start: it counts one epoch too many", [c + n for c in right]),
        ("the start: it counts one epoch too few; the first epoch has the number 0", [c - n for c in right]),
        ("the start: the small last batches of earlier epochs count as full ones",
         [c + epoch * (size * len(loader) - n) for c in right]),
        ("the small last batch: it counts as a full one", full),
        ("what is counted: batches, not samples", numbers),
        ("what is counted: batches, not samples", [epoch * n + i for i in numbers]),
        ("when it is counted: the batch just used is missing", [epoch * n + size * (i - 1) for i in numbers]),
        ("when it is recorded: one batch too early (does your index start at 0?)",
         [epoch * n + end for end in ends[::interval]]),
        ("when it is recorded: after every batch, not after every `log_interval` of them",
         [epoch * n + end for end in ends]),
        ("when it is recorded: `%` gives 0 where it is time, and this asks for all other batches",
         [epoch * n + end for i, end in enumerate(ends, start=1) if i % interval]),
        ("when it is recorded: never, although all batches were seen. Is it asked for every `log_interval` batches?",
         []),
        ("when it is recorded: one batch too late", [epoch * n + end for end in ends[interval::interval]]),
    ]  # fmt: skip
