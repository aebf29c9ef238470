"""Grids of pictures: images, weights, kernels and feature maps."""

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from course_utils.plotting.style import (
    GREY,
    SIGNED,
    bare,
    own_axes,
    show_colorbar,
    signed_limit,
    to_array,
)

TITLE_HEIGHT = 0.26  # of a tile


def plot_images(images, titles=None, *, columns=10, ax=None):
    """Show images side by side; pixels are sharp squares where shown large, averaged where images shrink.

    Parameters
    ----------
    images : (N, H, W), (N, 1, H, W) or (N, 3, H, W)
        Grey or colour, in [0, 1].
    titles : sequence, optional
        One short text for each image.
    columns : int
    ax : matplotlib Axes, optional
    """
    stack = to_array(images)
    if stack.ndim == 4 and stack.shape[1] == 1:
        stack = stack[:, 0]
    if stack.ndim == 4 and stack.shape[1] == 3:
        stack = np.moveaxis(stack, 1, 3)
        stack = np.concatenate([stack.clip(0, 1), np.ones_like(stack[..., :1])], axis=3)
    elif stack.ndim != 3:
        raise ValueError(f"images must have shape (N, H, W) or (N, 1 or 3, H, W), not {tuple(images.shape)}")
    return _mosaic(stack, titles, columns=columns, ax=ax, cmap="gray", vmin=0, vmax=1)


def plot_matrix_grid(matrices, titles=None, *, columns=8, limit=None, colorbar=True, cmap=SIGNED, ax=None):
    """Show stacked matrices in a grid, signed, on one scale.

    Parameters
    ----------
    matrices : (K, M, N)
    titles : sequence, optional
    limit : float, optional
        Magnitude of the strongest colours; by default the largest there is.
    cmap : colour map
        ``"gray"`` for pictures.

    Taught in ``labs/detect_patterns_1d``.
    """
    stack = to_array(matrices)
    if stack.ndim != 3:
        raise ValueError(f"matrices must have shape (K, M, N), not {stack.shape}")
    limit = signed_limit(stack) if limit is None else limit
    ax = _mosaic(stack, titles, columns=columns, ax=ax, cmap=cmap, vmin=-limit, vmax=limit)
    if colorbar:
        show_colorbar(ax.images[0], ax)
    return ax


def plot_weights(weights, shape=(28, 28), titles=None, *, columns=5, limit=None, ax=None):
    """Show each row of a weight matrix as a picture, signed, on one scale.

    Parameters
    ----------
    weights : (K, H * W)
    shape : (int, int)
        H and W.

    Taught in ``lectures/mlp_weights``.
    """
    matrix = to_array(weights)
    if matrix.ndim != 2 or matrix.shape[1] != shape[0] * shape[1]:
        raise ValueError(f"weights must have shape (K, {shape[0] * shape[1]}), not {matrix.shape}")
    return plot_matrix_grid(matrix.reshape(-1, *shape), titles, columns=columns, limit=limit, ax=ax)


def plot_kernels(kernels, *, limit=None, ax=None):
    """Show the kernels of a convolution, one row for each output and one column for each input channel.

    Where there is one input channel the kernels fill rows of eight.

    Parameters
    ----------
    kernels : (out_channels, in_channels, H, W)

    Taught in ``labs/inside_a_cnn``.
    """
    stack = to_array(kernels)
    if stack.ndim != 4:
        raise ValueError(f"kernels must have shape (out_channels, in_channels, H, W), not {stack.shape}")
    columns = stack.shape[1] if stack.shape[1] > 1 else 8
    return plot_matrix_grid(stack.reshape(-1, *stack.shape[2:]), columns=columns, limit=limit, ax=ax)


def plot_feature_maps(maps, titles=None, *, columns=8, limit=None, ax=None):
    """Show the channels of one feature map, signed, on one scale.

    Parameters
    ----------
    maps : (C, H, W) or (1, C, H, W)

    Taught in ``labs/inside_a_cnn``.
    """
    stack = to_array(maps)
    if stack.ndim == 4 and stack.shape[0] == 1:
        stack = stack[0]
    if stack.ndim != 3:
        raise ValueError(f"maps must have shape (C, H, W), for one image, not {stack.shape}")
    return plot_matrix_grid(stack, titles, columns=columns, limit=limit, ax=ax)


def plot_misclassified(images, labels, predictions, *, n=10, columns=5, ax=None):
    """Show the first ``n`` images whose prediction is wrong, with label and prediction.

    Parameters
    ----------
    images : (N, 1, H, W)
    labels, predictions : (N,)
    """
    labels, predictions = to_array(labels), to_array(predictions)
    if not len(images) == len(labels) == len(predictions):
        raise ValueError(
            f"images, labels and predictions must be equally many, not {len(images)}, "
            f"{len(labels)} and {len(predictions)}"
        )
    wrong = np.flatnonzero(labels != predictions)[:n]
    if not len(wrong):
        raise ValueError(f"there is no mistake to show: all {len(labels)} predictions are right")
    titles = [f"{labels[i]}, not {predictions[i]}" for i in wrong]
    return plot_images(to_array(images)[wrong], titles, columns=columns, ax=ax)


def _mosaic(stack, titles, *, columns, ax, **imshow):
    """Draw (K, H, W) or (K, H, W, 4) as one picture with gaps, a frame and a title for each tile."""
    count, height, width = stack.shape[:3]
    columns = min(columns, count)
    rows = -(-count // columns)
    gap = max(1, round(0.06 * min(height, width))) if min(height, width) > 1 else 0.15
    head = (TITLE_HEIGHT * width) if titles is not None else 0
    pitch_x, pitch_y = width + max(gap, 0.08 * width), height + max(gap, 0.08 * height) + head
    ax = own_axes(ax, size=(7.0, max(0.8, 6.6 * rows * pitch_y / (columns * pitch_x))))
    sampling = _sampling(ax, columns * pitch_x, rows * pitch_y)
    for k in range(count):
        left, top = (k % columns) * pitch_x, (k // columns) * pitch_y
        extent = (left, left + width, top + height, top)
        ax.imshow(stack[k], extent=extent, interpolation=sampling, **imshow)
        if titles is not None:
            ax.text(
                left + width / 2,
                top - 0.08 * head,
                titles[k],
                color=GREY,
                fontsize=8,
                ha="center",
                va="bottom",
            )
    frames = [Rectangle((k % columns * pitch_x, k // columns * pitch_y), width, height) for k in range(count)]
    ax.add_collection(PatchCollection(frames, facecolor="none", edgecolor=GREY, linewidth=0.4))
    ax.set_xlim(-0.02 * width, columns * pitch_x)
    ax.set_ylim(rows * pitch_y - head, -head - 0.02 * height)
    ax.set_aspect("equal")
    return bare(ax)


def _sampling(ax, width, height):
    """Return how to draw ``width`` by ``height`` pixels on axes: each sharp, or averaged where they do not fit.

    Dropping some of them instead would show a texture that the images do not have.
    """
    space = ax.get_window_extent()
    return "antialiased" if min(space.width / width, space.height / height) < 1 else "nearest"
