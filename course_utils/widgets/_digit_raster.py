"""From strokes to the 28 x 28 pixels a network was trained on; the same, bit for bit, as in digit.js."""

import numpy as np

RADIUS = 1.25  # of the pen, in pixels


def rasterise(strokes, *, radius=RADIUS, raw=False):
    """Return strokes as uint8 (28, 28): enlarged to 20 pixels and centred by mass, as MNIST's digits were.

    Parameters
    ----------
    strokes : list of [x, y, x, y, ...]
        In pixels, 0 to 28 each way.
    radius : float
        Of the pen, in pixels.
    raw : bool
        Leave the drawing where and as large as it is.
    """
    points = np.array([v for stroke in strokes for v in stroke], np.float64).reshape(-1, 2)
    if not len(points):
        return np.zeros((28, 28), np.uint8)
    if raw:
        return _ink(strokes, radius, 1.0, (0.0, 0.0))
    low, high = points.min(0), points.max(0)
    side = (high - low).max()
    scale = (20 - 2 * radius) / side if side > 0 else 1.0
    shift = 14 - (low + high) / 2 * scale
    first = _ink(strokes, radius, scale, shift).astype(np.int64)
    mass, at = first.sum(), np.arange(28)
    if mass:
        middle = np.array([(first.sum(0) * at).sum() / mass + 0.5, (first.sum(1) * at).sum() / mass + 0.5])
        shift = shift + (14 - middle)
    return _ink(strokes, radius, scale, shift)


def _ink(strokes, radius, scale, shift):
    """Count which of the 4 x 4 samples of each pixel lie within the radius of a line."""
    at = (np.arange(112) + 0.5) / 4
    px, py = at[None, :], at[:, None]
    hit = np.zeros((112, 112), bool)
    for stroke in strokes:
        xs, ys = (np.array(stroke[k::2], np.float64) * scale + shift[k] for k in (0, 1))
        for k in range(max(1, len(xs) - 1)):
            m = min(k + 1, len(xs) - 1)
            ax, ay, dx, dy = xs[k], ys[k], xs[m] - xs[k], ys[m] - ys[k]
            length = dx * dx + dy * dy
            t = np.clip(((px - ax) * dx + (py - ay) * dy) / length, 0, 1) if length > 0 else 0.0
            ex, ey = px - (ax + t * dx), py - (ay + t * dy)
            hit |= ex * ex + ey * ey <= radius * radius
    counts = hit.reshape(28, 4, 28, 4).sum((1, 3))
    return np.floor(counts * 255 / 16 + 0.5).astype(np.uint8)
