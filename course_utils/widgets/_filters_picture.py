"""The picture that stands for a FilterExplorer where no script runs."""

import math

import numpy as np


def draw(widget):
    """Return a figure with the atlas of all filters, the chosen one framed."""
    from matplotlib.patches import Rectangle

    from course_utils.plotting import subplots
    from course_utils.plotting.style import SIGNED, bare

    weights = widget._layer.weight.detach().numpy()
    weights = weights / np.abs(weights).max((1, 2, 3), keepdims=True).clip(1e-12)
    count, channels, size, _ = weights.shape
    columns = min(count, 16)
    rows, pitch = math.ceil(count / columns), size + 1
    atlas = np.full((rows * pitch - 1, columns * pitch - 1, channels + 1 if channels == 3 else 1), np.nan)
    for i, weight in enumerate(weights):
        y, x = divmod(i, columns)
        tile = atlas[y * pitch : y * pitch + size, x * pitch : x * pitch + size]
        tile[..., :channels] = (0.5 + 0.5 * weight if channels == 3 else weight).transpose(1, 2, 0)
        tile[..., channels:] = 1
    figure, ax = subplots(size=(7.0, 0.3 + 6.8 * rows / columns))
    shown = np.nan_to_num(atlas) if channels == 3 else atlas[..., 0]
    bare(ax).imshow(shown, **({} if channels == 3 else {"cmap": SIGNED, "vmin": -1, "vmax": 1}))
    y, x = divmod(widget.unit, columns)
    corner = (x * pitch - 1, y * pitch - 1)
    ax.add_patch(Rectangle(corner, size + 1, size + 1, fill=False, color="#c2147c", linewidth=2))
    return figure
