"""Pictures of training runs: one run with its tests, and several in small panels."""

import numpy as np

from course_utils.plotting.style import COLORS, GREY, legend, own_axes, subplots, to_array


def plot_train_test(train, test, *, labels=("training samples seen", "loss"), ax=None):
    """Plot a thin training curve and the few test values measured on the way, as dots.

    Parameters
    ----------
    train, test : (x, y)
        Two sequences of equal length each.
    labels : (str, str)
        Of the horizontal and the vertical axis.

    Returns
    -------
    matplotlib Axes

    Taught in ``lectures/training_and_sgd``.
    """
    ax = own_axes(ax, size=(6.0, 3.0))
    ax.plot(*map(to_array, train), color=COLORS[0], linewidth=0.8, label="training")
    ax.plot(*map(to_array, test), "o", color=COLORS[1], markersize=5, label="test")
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    legend(ax)
    return ax


def plot_panels(curves, reference, *, labels=("step", "loss"), level=None, columns=2):
    """Plot each curve in a panel of its own, logarithmic, with the same reference behind it in grey.

    Parameters
    ----------
    curves : dict of str to sequence of float
        One panel each; the key is its title. All values are positive.
    reference : sequence of float
        Drawn in every panel.
    labels : (str, str)
        Of the horizontal and the vertical axis.
    level : float, optional
        Height of a dotted horizontal line in every panel.
    columns : int

    Returns
    -------
    ndarray of matplotlib Axes

    Raises
    ------
    ValueError
        Where there is no curve.

    Taught in ``lectures/training_and_sgd``.
    """
    if not curves:
        raise ValueError("curves is empty: there is nothing to show")
    columns = min(columns, len(curves))
    rows = -(-len(curves) // columns)
    _, axes = subplots(rows, columns, size=(7.0, 2.3 * rows), sharex=True, sharey=True, squeeze=False)
    for ax, color, (name, curve) in zip(axes.flat, COLORS * len(curves), curves.items(), strict=False):
        if level is not None:
            ax.axhline(level, linestyle=":", color=GREY, linewidth=1)
        ax.plot(np.arange(len(reference)), to_array(reference), color=GREY, linewidth=0.8, alpha=0.7)
        ax.plot(np.arange(len(curve)), to_array(curve), color=color, linewidth=1)
        ax.set_title(name)
        ax.set_yscale("log")
    for ax in axes.flat[len(curves) :]:
        ax.set_visible(False)
    for ax in axes[-1]:
        ax.set_xlabel(labels[0])
    for ax in axes[:, 0]:
        ax.set_ylabel(labels[1])
    return axes
