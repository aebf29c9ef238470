"""Tables of numbers as pictures."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from course_utils.plotting.style import (
    GREY,
    SIGNED,
    bare,
    own_axes,
    show_colorbar,
    signed_limit,
    subplots,
    to_array,
)

MISTAKES = LinearSegmentedColormap.from_list("course_mistakes", ["#fbe3cd", "#b34a00"])


def plot_named_tensors(tensors, *, height=5.0):
    """Show tensors side by side as signed pictures on one scale, each under its name.

    Parameters
    ----------
    tensors : dict of str to Tensor
        Each (N,), (N, D), or a shape that becomes one of those without its axes of length 1.

    Returns
    -------
    ndarray of matplotlib Axes

    Taught in ``labs/detect_patterns_1d``.
    """
    arrays = {name: _as_matrix(name, value) for name, value in tensors.items()}
    if not arrays:
        raise ValueError("tensors is empty: there is nothing to show")
    limit = max(signed_limit(a) for a in arrays.values())
    widths = [max(a.shape[1], 3) for a in arrays.values()]
    _, axes = subplots(
        1, len(arrays), size=(min(7.0, 2.4 * len(arrays)), height), width_ratios=widths, squeeze=False
    )
    for ax, (name, array) in zip(axes[0], arrays.items(), strict=True):
        image = ax.imshow(array, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
        ax.set_title(name)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(True)
    show_colorbar(image, list(axes[0]))
    return axes[0]


def plot_confusion(labels, predictions, *, classes=10, ax=None):
    """Count predictions for each label; show the counts, the mistakes by colour.

    Parameters
    ----------
    labels, predictions : (N,)
        Class numbers from 0 to ``classes`` - 1.
    """
    labels, predictions = to_array(labels), to_array(predictions)
    counts = np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes)
    mistakes = counts * (1 - np.eye(classes))
    limit = signed_limit(mistakes)
    ax = bare(own_axes(ax, size=(5.2, 4.8)))
    ax.imshow(np.ma.masked_equal(mistakes, 0), cmap=MISTAKES, vmin=0, vmax=limit)
    for i, j in np.argwhere(counts > 0):
        color = GREY if i == j else "white" if mistakes[i, j] > 0.75 * limit else "#222222"
        ax.text(j, i, counts[i, j], ha="center", va="center", fontsize=8, color=color)
    ax.set_xticks(range(classes))
    ax.set_yticks(range(classes))
    ax.set_xlabel("prediction")
    ax.set_ylabel("label")
    return ax


def _as_matrix(name, value):
    array = to_array(value).squeeze()
    if array.ndim > 2:
        raise ValueError(f"{name} must become (N,) or (N, D) without axes of length 1, not {array.shape}")
    return array.reshape(-1, 1) if array.ndim < 2 else array
