"""The look that all figures share."""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

# Contrast 4.5 on white; the book's style sheet brightens figures on a dark page.
GREY = "#757575"

# Okabe & Ito (2008), darkened where needed for contrast 3 on white and on near-black.
COLORS = ("#2472c8", "#d1620d", "#1a8a62", "#b0568f", "#9a7b00", "#5b7f95")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":")

# Transparent at zero, so that zero is the page itself, light or dark.
SIGNED = LinearSegmentedColormap.from_list(
    "course_signed",
    [(0.0, (0.70, 0.29, 0.0, 1.0)), (0.25, (0.90, 0.45, 0.05, 0.72)), (0.5, (0.5, 0.5, 0.5, 0.0)),
     (0.75, (0.18, 0.50, 0.85, 0.72)), (1.0, (0.02, 0.27, 0.66, 1.0))],
)  # fmt: skip


def subplots(rows=1, columns=1, *, size=None, **options):
    """Return a figure and axes as ``plt.subplots`` does, readable on light and dark pages.

    Parameters
    ----------
    rows, columns : int
    size : (float, float), optional
        Width and height in inches; 7 inches are the width of a page's text.
    **options
        Passed to ``plt.subplots``.
    """
    size = size or (min(7.0, 4.5 * columns), 2.9 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, dpi=144, layout="constrained", **options)
    figure.patch.set_alpha(0)
    for ax in np.atleast_1d(axes).flat:
        neutral(ax)
    return figure, axes


def neutral(ax):
    """Give axes a transparent background and mid-grey lines and text; return them."""
    ax.patch.set_alpha(0)
    ax.tick_params(colors=GREY, which="both", labelsize=9)
    ax.spines[:].set_color(GREY)
    ax.spines[["top", "right"]].set_visible(False)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set_color(GREY)
        text.set_fontsize(10)
    ax.set_prop_cycle(cycler(color=COLORS))
    ax.grid(False)
    return ax


def own_axes(ax, size=None):
    """Return ``ax``, or the axes of a new figure where it is None."""
    return ax if ax is not None else subplots(size=size)[1]


def bare(ax):
    """Remove ticks and frame, for pictures; return the axes."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax


def legend(ax, **options):
    """Add a legend without a box, in the figure's grey."""
    return ax.legend(frameon=False, labelcolor=GREY, fontsize=9, **options)


def show_colorbar(image, ax, *, label=""):
    """Add a colour bar for ``image`` beside ``ax`` (or a list of axes); return it."""
    figure = image.axes.figure
    bar = figure.colorbar(image, ax=ax, shrink=0.7, pad=0.02, aspect=25)
    bar.ax.tick_params(colors=GREY, labelsize=8)
    bar.ax.patch.set_alpha(0)
    bar.outline.set_edgecolor(GREY)
    bar.set_label(label, color=GREY, fontsize=9)
    return bar


def signed_limit(values):
    """Return the symmetric colour limit for signed values: the largest magnitude, never zero."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def to_array(values):
    """Return a tensor (from any device, with or without gradient) or a sequence as an array."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values)
