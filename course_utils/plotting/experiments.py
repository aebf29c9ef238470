"""Figures of experiments: bars over several seeds, and curves below the pictures they are about."""

import numpy as np

from course_utils.plotting.curves import plot_curves
from course_utils.plotting.style import COLORS, GREY, bare, own_axes, subplots, to_array


def plot_bars(groups, *, label="", colors=None, number="%.1f", ax=None):
    """Plot the mean of each group as a bar from zero; beside it its values and their standard deviation.

    Parameters
    ----------
    groups : dict of str to (N,)
        The values of one group; a key is the name below its bar.
    label : str
        Of the vertical axis.
    colors : sequence of int, optional
        For each bar, which of the course's colours it takes; by default the first.
    number : str
        Format of the mean, printed on the bar.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        If there is no group, a group is not a list of numbers, or ``colors`` has another length.

    Taught in ``lectures/convolutions``.
    """
    colors = [0] * len(groups) if colors is None else list(colors)
    if not groups or len(colors) != len(groups):
        raise ValueError(
            f"groups and colors must be equally many, at least 1, not {len(groups)} and {len(colors)}"
        )
    ax = own_axes(ax, size=(6.0, 3.0))
    for place, (name, values) in enumerate(groups.items()):
        values = to_array(values)
        if values.ndim != 1 or not len(values):
            raise ValueError(f"groups[{name!r}] must have shape (N,) with N at least 1, not {values.shape}")
        mean, color = values.mean(), COLORS[colors[place] % len(COLORS)]
        ax.bar(place, mean, width=0.5, color=color)
        ax.text(place, mean / 2, number % mean, color="white", ha="center", va="center", fontsize=10)
        ax.errorbar(place + 0.3, mean, values.std(), color=GREY, capsize=3, linewidth=1)
        ax.plot(np.full(len(values), place + 0.3), values, "o", color=color, markersize=4)
    ax.set_xticks(range(len(groups)), list(groups))
    ax.set_ylabel(label)
    return ax


def plot_below_pictures(curves, pictures, at, *, labels=("", "")):
    """Plot named curves, and above them a row of pictures, each over its place on the horizontal axis.

    Parameters
    ----------
    curves : dict of str to (N,)
        The heights of each curve at the places ``at``.
    pictures : (N, 1, H, W) or (N, H, W)
        Grey, in [0, 1].
    at : (N,)
        Equally spaced and ascending.
    labels : (str, str)
        Of the horizontal and the vertical axis.

    Returns
    -------
    matplotlib Axes
        The lower axes, with the curves.

    Raises
    ------
    ValueError
        If pictures and places are not equally many, at least two.

    Taught in ``lectures/convolutions``.
    """
    places, stack = to_array(at), [to_array(picture) for picture in pictures]
    if len(stack) != len(places) or len(stack) < 2:
        raise ValueError(
            f"pictures and at must be equally many, at least 2, not {len(stack)} and {len(places)}"
        )
    _, (top, bottom) = subplots(2, 1, size=(6.5, 4.2), height_ratios=[1, 4.5])
    half = 0.43 * (places[1] - places[0])
    for picture, place in zip(stack, places, strict=True):
        extent = (place - half, place + half, 0, 1)
        top.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1, extent=extent, aspect="auto")
    plot_curves({name: (places, heights) for name, heights in curves.items()}, labels=labels, ax=bottom)
    for line in bottom.lines:
        line.set_marker("o")
    bottom.set_xticks(places)
    for ax in (bare(top), bottom):
        ax.set_xlim(places[0] - 1.1 * half, places[-1] + 1.1 * half)
    return bottom
