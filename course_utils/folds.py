"""The lines along which hidden ReLU units fold the plane."""

import numpy as np

from course_utils.plotting.style import GREY, to_array


def draw_folds(ax, W1=None, b1=None, *, color=GREY, alpha=0.7):
    """Draw the fold line of each hidden unit over a picture of the plane; return the axes.

    A unit max(0, w · x + b) folds the plane along the line w · x + b = 0, which passes
    through -b w / |w|² and is perpendicular to w. A unit without weights has no fold.
    The limits of the axes stay as they are.

    Parameters
    ----------
    ax : matplotlib Axes
    W1 : (2, H), optional
        Weights of the hidden layer, one unit in each column; None, or none, draws nothing.
    b1 : (H,)

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Taught in ``lectures/linear_vs_relu``.
    """
    if W1 is None:
        return ax
    W1, b1 = to_array(W1), to_array(b1)
    if W1.ndim != 2 or W1.shape[0] != 2 or b1.shape != W1.shape[1:]:
        raise ValueError(f"W1 must have shape (2, H) and b1 shape (H,), not {W1.shape} and {b1.shape}")
    box = ax.axis()
    for w, b in zip(W1.T, b1, strict=True):
        if np.any(w):
            foot = -b * w / (w @ w)
            ax.axline(foot, foot + [-w[1], w[0]] / np.hypot(*w), color=color, alpha=alpha, linewidth=0.6)
    ax.axis(box)
    return ax
