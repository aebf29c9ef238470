"""Detector1D in Python: the same signals, sums and counts as in its JavaScript."""

import numpy as np

from course_utils.widgets._random import gaussian, mulberry


def draw_signal(seed, n=64):
    """Return a signal of bumps; one in three is the pattern 0, 1, 0, the others have another width or height."""
    draw, x, i, count = mulberry(seed), [0.0] * n, 2, 0
    while i < n - 4:
        size, value = 1 + int(2 * draw()), (-1.0, -0.5, 0.5, 1.0)[int(4 * draw())]
        if count % 3 == seed % 3:
            size, value = 1, 1.0
        x[i : i + size] = [value] * size
        i += size + 2 + int(4 * draw())
        count += 1
    return x


def noisy(signal, noise, seed):
    """Return the signal with Gaussian noise of this standard deviation; one seed is one noise."""
    draw = mulberry(1000 + seed)
    return np.array([v + noise * gaussian(draw) for v in signal])


def find_pattern(signal, pattern):
    """Return the centres of the places where the signal is the pattern, to within 0.25."""
    half = len(pattern) // 2
    padded = np.pad(np.asarray(signal, float), half)
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(pattern))
    return np.flatnonzero((np.abs(windows - pattern) <= 0.25).all(1)).tolist()


def count_detections(output, truth, threshold, *, offset=0):
    """Count what a detector finds: a detection is the top of a run of outputs above the threshold.

    It is right within one sample of a place in ``truth``; ``offset`` is the position of ``output[0]``.

    Returns
    -------
    dict
        ``peaks``, ``hits``, ``misses`` and ``alarms`` (positions), ``precision`` and ``recall``.
    """
    peaks, best = [], -1
    for i, value in enumerate([*output, -np.inf]):
        if value > threshold:
            best = i if best < 0 or value > output[best] else best
        elif best >= 0:
            peaks.append(best + offset)
            best = -1
    hits = [t for t in truth if any(abs(t - p) <= 1 for p in peaks)]
    alarms = [p for p in peaks if not any(abs(t - p) <= 1 for t in truth)]
    return {
        "peaks": peaks,
        "hits": hits,
        "misses": [t for t in truth if t not in hits],
        "alarms": alarms,
        "precision": 1 - len(alarms) / len(peaks) if peaks else 1,
        "recall": len(hits) / len(truth) if truth else 1,
    }


def draw(widget):
    """Return a figure with four rows: signal, kernel, output before and after bias and ReLU."""
    from course_utils.plotting import subplots

    x, truth = widget.shown_signal, find_pattern(widget.signal, widget.pattern)
    found, half = widget.count(), len(widget.weights) // 2
    offset = 0 if widget.padding == "same" else half
    raw = widget.output_before
    at = widget.position + offset - half
    rows = {"signal": (x, 0), "kernel": (widget.weights, at)}
    rows |= {"before bias": (raw, offset), "output": (widget.output, offset)}
    figure, axes = subplots(4, 1, size=(7.0, 4.2), sharex=True)
    for ax, (name, (values, start)) in zip(axes, rows.items(), strict=True):
        _stems(ax, np.asarray(values), start)
        ax.set_ylabel(name)
    for t in truth:
        axes[0].axvspan(t - 1.5, t + 1.5, color="#137a4b", alpha=0.18, linewidth=0)
    axes[3].axhline(widget.threshold, color="#757575", linestyle="--", linewidth=1)
    for name, marker in (("hits", "o"), ("misses", "D"), ("alarms", "x")):
        axes[3].plot(found[name], [-0.45] * len(found[name]), marker, color="#757575", markersize=5)
    axes[3].set_xlabel("position (dot: found, diamond: missed, cross: false alarm)")
    return figure


def _stems(ax, values, start):
    for sign, color in ((1, "#2472c8"), (-1, "#d1620d")):
        i = np.flatnonzero(np.sign(values) == sign)
        ax.vlines(i + start, 0, values[i], color=color, linewidth=2)
        ax.plot(i + start, values[i], "o", color=color, markersize=3)
    ax.axhline(0, color="#757575", linewidth=0.6)
