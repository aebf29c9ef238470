"""What the stand-in's training draws for itself: dead leaves, pen strokes, and made-up glyphs in pairs.

Images of a few simple processes can stand in for photographs (Kataoka et al., 2020; Baradad et al., 2021).
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def dead_leaves(rng, size=512, leaves=900):
    """Draw opaque, shaded and striped ellipses and polygons over each other; return the image."""
    palette, (ys, xs) = rng.random((rng.integers(3, 12), 3)), np.mgrid[:size, :size]
    image = np.tile(palette[0], (size, size, 1))
    for _ in range(leaves):
        radius = 5 / (1 - 0.985 * rng.random()) ** 0.85
        y, x = rng.uniform(0, size, 2)
        top, left = max(0, int(y - 2 * radius)), max(0, int(x - 2 * radius))
        window = np.s_[top : int(y + 2 * radius) + 1, left : int(x + 2 * radius) + 1]
        angle, stretch = rng.uniform(0, np.pi), rng.uniform(0.4, 1)
        u = ((xs[window] - x) * np.cos(angle) + (ys[window] - y) * np.sin(angle)) / radius
        v = ((ys[window] - y) * np.cos(angle) - (xs[window] - x) * np.sin(angle)) / (radius * stretch)
        inside = np.maximum(abs(u), abs(v)) < 0.8 if rng.random() < 0.35 else u**2 + v**2 < 1
        color = palette[rng.integers(len(palette))] + rng.normal(0, 0.05, 3)
        shade = rng.normal(0, 0.15) * u + rng.normal(0, 0.15) * v
        if rng.random() < 0.4:
            shade = shade + rng.uniform(0.05, 0.3) * np.sin(rng.uniform(2, 0.8 * radius + 2) * u)
        image[window][inside] = (color + shade[..., None] + rng.normal(0, 0.02, (*shade.shape, 1)))[inside]
    return Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8))


def pen_strokes(rng, size=512):
    """Draw curved strokes of one thickness on a plain ground; return the image."""
    ground, ink = (tuple(int(c) for c in rng.integers(0, 256, 3)) for _ in range(2))
    image = Image.new("RGB", (size, size), ground)
    draw, width = ImageDraw.Draw(image), int(rng.integers(3, 16))
    for _ in range(int(rng.integers(20, 80))):
        angle = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.3, 30))
        steps = rng.uniform(3, 9) * np.stack([np.cos(angle), np.sin(angle)], 1)
        points = rng.uniform(0, size, 2) + np.cumsum(steps, 0)
        color = ink if rng.random() < 0.7 else tuple(int(c) for c in rng.integers(0, 256, 3))
        draw.line([tuple(p) for p in points], fill=color, width=width, joint="curve")
    return image


def stroke(rng, start=None):
    """Return the points (K, 2) of a stroke in the square from -1 to 1: straight, bent, wavy or a loop."""
    if rng.random() < 0.2:  # a loop
        turn = np.linspace(0, 2 * np.pi, 8) + rng.uniform(0, 2 * np.pi)
        centre, radii = rng.uniform(-0.4, 0.4, 2), rng.uniform(0.25, 0.6, 2)
        return centre + radii * np.stack([np.cos(turn), np.sin(turn)], 1)
    count = int(rng.integers(2, 7))
    angle = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.9, count))
    steps = rng.uniform(0.4, 1.0, (count, 1)) * np.stack([np.cos(angle), np.sin(angle)], 1)
    points = np.cumsum(steps, 0)
    points = points - points[0] + start if start is not None else points - points.mean(0)
    return points / max(1, abs(points).max() / 0.95)


def glyph(rng, relative=None):
    """Return the strokes of a made-up glyph; one that differs from ``relative`` in a single stroke, if given."""
    if relative is not None:
        strokes = list(relative)
        strokes[rng.integers(len(strokes))] = stroke(rng)
        return strokes
    strokes = [stroke(rng)]
    while len(strokes) < 3 and rng.random() < 0.6:
        joined = strokes[0][rng.integers(len(strokes[0]))]
        strokes.append(stroke(rng, joined if rng.random() < 0.7 else None))
    return strokes


def smooth(points, each=6):
    """Return the curve through the points (K, 2), as a Catmull-Rom spline with ``each`` pieces a segment."""
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p0, p1, p2, p3 = (np.vstack([before, points, after])[i : i + len(points) - 1, None] for i in range(4))
    t = np.linspace(0, 1, each + 1)[:, None]
    curve = (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return curve.reshape(-1, 2) / 2


def write_glyph(strokes, rng, width, size):
    """Draw the glyph as another hand would: bent, slanted, turned, shifted; return ink (size, size) in [0, 1].

    ``width`` is the pen's, as a share of ``size``.
    """
    large = 2 * size
    angle, slant = rng.normal(0, 0.12), rng.normal(0, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, slant], [0, 1]]) * np.exp(rng.normal(0, 0.12, (2, 1))) * 0.36 * large
    shift, pen = large / 2 + rng.uniform(-0.1, 0.1, 2) * large, max(2, round(width * large))
    image = Image.new("L", (large, large))
    draw = ImageDraw.Draw(image)
    for points in strokes:
        curve = smooth(points + rng.normal(0, 0.06, points.shape)) @ matrix.T + shift
        draw.line([tuple(p) for p in curve], fill=255, width=pen, joint="curve")
        for x, y in curve[[0, -1]]:  # round ends
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    soft = ImageFilter.GaussianBlur(rng.uniform(0, 0.025) * size)
    return np.asarray(image.reduce(2).filter(soft), dtype=np.float32) / 255


def glyph_pairs(rng, count, size):
    """Return ``count`` glyphs, each written twice: uint8 (2, count, size, size, 3).

    Three in a row are relatives in the same colours, so that only their form tells them apart.
    """
    views, strokes = np.empty((2, count, size, size, 3), np.uint8), None
    for number in range(count):
        strokes = glyph(rng, strokes if number % 3 else None)
        if number % 3 == 0:
            width = np.exp(rng.uniform(np.log(0.05), np.log(0.14)))
            ground, ink = two_colors(rng)
        for view in range(2):
            mask = write_glyph(strokes, rng, width * np.exp(rng.normal(0, 0.2)), size)[..., None]
            views[view, number] = 255 * (ground + (ink - ground) * mask)
    return views


def two_colors(rng):
    """Return two colours (3,) in [0, 1] that differ: black and white, or any."""
    if rng.random() < 0.5:
        return rng.permutation([0.0, 1.0])[:, None] * np.ones(3)
    ground, ink = rng.random(3), rng.random(3)
    return ground, ink if abs(ink - ground).max() > 0.3 else (ground + 0.5) % 1
