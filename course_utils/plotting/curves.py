"""Curves over a training run."""

import numpy as np

from course_utils.history import History
from course_utils.plotting.style import COLORS, DASHES, legend, own_axes, to_array


def plot_loss(histories, *, smooth=1, over="samples", ax=None):
    """Plot training loss over the number of samples seen.

    Parameters
    ----------
    histories : History or dict of str to History
        Several are drawn on one axis, named by their keys.
    smooth : int
        Show the mean of this many neighbouring steps.
    over : "samples" or "step"
    """
    curves = {name: _smoothed(h, smooth, over) for name, h in _named(histories).items()}
    labels = ("training samples seen" if over == "samples" else "step", "loss")
    return plot_curves(curves, labels=labels, ax=ax)


def plot_accuracy(histories, *, over="samples", ax=None):
    """Plot the accuracies that ``fit`` measured, training dashed and validation solid.

    Parameters
    ----------
    histories : History or dict of str to History
    over : "samples" or "step"
    """
    ax = own_axes(ax)
    for color, (name, h) in zip(COLORS * 9, _named(histories).items(), strict=False):
        if not h.measured_at:
            raise ValueError("this history holds no accuracies: give fit a validation set")
        x = [h.samples[s - 1] if over == "samples" else s for s in h.measured_at]
        for values, dash, part in (
            (h.train_accuracy, "--", "training"),
            (h.validation_accuracy, "-", "validation"),
        ):
            if values:
                ax.plot(
                    x,
                    values,
                    dash,
                    color=color,
                    label=f"{name} {part}".strip(),
                    marker="o" if len(x) < 15 else "",
                )
    ax.set_xlabel("training samples seen" if over == "samples" else "step")
    ax.set_ylabel("accuracy")
    legend(ax)
    return ax


def plot_curves(curves, *, labels=("", ""), ax=None):
    """Plot named curves, told apart by colour and by dashes.

    Parameters
    ----------
    curves : dict of str to (x, y) or y
    labels : (str, str)
        Of the horizontal and the vertical axis.
    """
    ax = own_axes(ax)
    for i, (name, curve) in enumerate(curves.items()):
        x, y = curve if isinstance(curve, tuple) else (np.arange(len(curve)), curve)
        ax.plot(
            to_array(x),
            to_array(y),
            DASHES[i // len(COLORS) % len(DASHES)],
            color=COLORS[i % len(COLORS)],
            label=name,
        )
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    if any(curves):
        legend(ax)
    return ax


def _named(histories):
    return {"": histories} if isinstance(histories, History) else histories


def _smoothed(history, window, over):
    x, loss = np.array(getattr(history, over)), np.array(history.loss)
    if window <= 1 or len(loss) < window:
        return x, loss
    return x[window - 1 :], np.convolve(loss, np.full(window, 1 / window), mode="valid")
