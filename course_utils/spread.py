"""Results of many runs of one experiment, and how far apart they lie."""

import numpy as np

from course_utils.plotting.style import COLORS, own_axes, to_array


def plot_spread(groups, *, labels=("", ""), ax=None):
    """Plot the values of each group as a column of dots, with a bar at their median.

    Parameters
    ----------
    groups : dict of str or number to (N,)
        The values of one group, in any order; a key is the group's name on the axis.
    labels : (str, str)
        Of the horizontal and the vertical axis.

    Raises
    ------
    ValueError
        If there is no group, or a group is not a list of numbers.

    Taught in ``lectures/linear_vs_relu``.
    """
    if not groups:
        raise ValueError("groups is empty: there is nothing to show")
    ax = own_axes(ax, size=(7.0, 2.8))
    for place, (name, values) in enumerate(groups.items()):
        values = to_array(values)
        if values.ndim != 1 or not len(values):
            raise ValueError(f"groups[{name!r}] must have shape (N,) with N at least 1, not {values.shape}")
        across = place + (np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1))
        ax.plot(across, values, "o", color=COLORS[0], markersize=4, alpha=0.8, markeredgewidth=0)
        ax.hlines(np.median(values), place - 0.34, place + 0.34, color=COLORS[1], linewidth=1.8)
    ax.set_xticks(range(len(groups)), [str(name) for name in groups])
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    return ax


def plot_band(x, middle, low, high, *, name="", number=0, ax=None):
    """Plot a curve with markers in a band that shows how sure its points are.

    Parameters
    ----------
    x, middle, low, high : (N,)
        The band reaches from ``low`` to ``high``.
    name : str
        For a legend.
    number : int
        Which of the course's colours to take.

    Taught in ``labs/detect_patterns_1d``.
    """
    x, middle, low, high = (to_array(values) for values in (x, middle, low, high))
    if not x.shape == middle.shape == low.shape == high.shape or x.ndim != 1:
        raise ValueError(
            f"x, middle, low and high must have one shape (N,), not {x.shape}, {middle.shape}, "
            f"{low.shape} and {high.shape}"
        )
    ax = own_axes(ax)
    color = COLORS[number % len(COLORS)]
    ax.fill_between(x, low, high, color=color, alpha=0.22, linewidth=0)
    ax.plot(x, middle, "os^D"[number % 4] + "-", color=color, markersize=4, label=name)
    return ax
