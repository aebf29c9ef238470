"""Points in the plane and the regions a classifier gives to each class."""

import numpy as np
from matplotlib.colors import ListedColormap

from course_utils.plotting.style import COLORS, GREY, MARKERS, own_axes, to_array


def plot_points(X, y, *, ax=None):
    """Scatter labelled points, told apart by colour and by shape.

    Parameters
    ----------
    X : (N, 2)
    y : (N,)
        Class labels.
    """
    X, y = to_array(X), to_array(y)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(y):
        raise ValueError(f"X must have shape (N, 2) and y shape (N,), not {X.shape} and {y.shape}")
    ax = own_axes(ax, size=(4.6, 4.2))
    for k in np.unique(y):
        color, marker = COLORS[int(k) % len(COLORS)], MARKERS[int(k) % len(MARKERS)]
        ax.scatter(
            *X[y == k].T,
            s=13,
            color=color,
            marker=marker,
            edgecolor="white",
            linewidth=0.4,
            label=f"class {k}",
        )
    ax.set_aspect("equal")
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def plot_decision_boundary(predict, X, y, *, resolution=300, margin=0.15, ax=None):
    """Colour the plane by predicted class, with the points on top.

    Parameters
    ----------
    predict : callable
        Takes an array (M, 2), of X's dtype, returns classes (M,) or scores (M, K), whose largest counts.
    X : (N, 2)
    y : (N,)

    Taught in ``lectures/linear_vs_relu``.
    """
    X = to_array(X)
    low, high = X.min(0) - margin, X.max(0) + margin
    xs, ys = (np.linspace(low[i], high[i], resolution) for i in range(2))
    plane = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(X.dtype)
    classes = to_array(predict(plane))
    classes = classes.argmax(1) if classes.ndim == 2 else classes
    if classes.shape != (resolution**2,):
        raise ValueError(
            f"predict must return (M,) or (M, K) for M points, not {classes.shape} for {len(plane)}"
        )
    ax = own_axes(ax, size=(4.6, 4.2))
    last = int(max(classes.max(), to_array(y).max()))
    colors = ListedColormap([COLORS[k % len(COLORS)] for k in range(last + 1)])
    picture = classes.reshape(resolution, resolution)
    ax.imshow(
        picture,
        extent=(low[0], high[0], low[1], high[1]),
        origin="lower",
        cmap=colors,
        vmin=0,
        vmax=last,
        alpha=0.28,
        interpolation="nearest",
    )
    for k in range(last):
        ax.contour(xs, ys, picture == k, levels=[0.5], colors=GREY, linewidths=0.8)
    return plot_points(X, y, ax=ax)
