"""The picture and the words that stand for a ConvExplorer where no script runs."""

import math

import numpy as np

NAMES = {
    (-1, 0, 1, -2, 0, 2, -1, 0, 1): "a Sobel kernel for left edges",
    (1, 2, 1, 0, 0, 0, -1, -2, -1): "a Sobel kernel for bottom edges",
    (0, -1, 0, -1, 5, -1, 0, -1, 0): "a sharpening kernel",
    (0, 0, 0, 0, 1, 0, 0, 0, 0): "the identity kernel",
}


def describe(widget):
    """Return alt text: the operation, the kernel and what the output shows."""
    size = math.isqrt(len(widget.weights))
    kernel = NAMES.get(tuple(widget.weights), f"a {size} by {size} kernel")
    by = {"max": f"max pooling over {size} by {size}", "avg": f"average pooling over {size} by {size}"}
    start = f"Three panels. Left, an input of {widget.height} by {widget.width} pixels; middle, "
    start += by.get(widget.operation, kernel) + "; right, the output"
    try:
        out = widget.output.numpy()
    except RuntimeError:
        return start + ", which does not exist: the window is wider than the padded input."
    i, j = np.unravel_index(np.argmax(out), out.shape)
    return (
        f"{start}, {out.shape[0]} by {out.shape[1]}, from {out.min():.2f} to {out.max():.2f}. "
        f"It is largest at row {i + 1}, column {j + 1}; {(out > 0).sum()} values are positive (blue), "
        f"{(out < 0).sum()} negative (orange) and {(out == 0).sum()} zero."
    )


def draw(widget):
    """Return a figure with three panels: input, kernel, output."""
    from course_utils.plotting import subplots

    size = math.isqrt(len(widget.weights))
    try:
        out = widget.output.numpy()
    except RuntimeError:
        out = np.zeros((1, 1))
    conv = widget.operation == "conv"
    kernel = np.array(widget.weights) if conv else np.full(size * size, 1 / size**2)
    panels = [
        ("input", widget.image.numpy(), True),
        ("kernel" if conv else widget.operation, kernel.reshape(size, size), False),
        ("output", out, False),
    ]
    widths = [max(p.shape[1], 4) for _, p, _ in panels]
    figure, axes = subplots(1, 3, size=(7.0, 2.7), width_ratios=widths)
    for ax, (name, values, brightness) in zip(axes, panels, strict=True):
        _panel(ax, f"{name} {values.shape[0]} × {values.shape[1]}", values, brightness)
    return figure


def _panel(ax, title, values, brightness):
    from matplotlib.colors import LinearSegmentedColormap

    from course_utils.plotting.style import GREY, SIGNED, bare, signed_limit

    ink = LinearSegmentedColormap.from_list(
        "ink", [(0.4, 0.4, 0.4, 0.0), (0.4, 0.4, 0.4, 1.0)]
    )  # zero is the page
    limit = signed_limit(values)
    ax.imshow(values, cmap=ink if brightness else SIGNED, vmin=0 if brightness else -limit, vmax=limit)
    ax.set_title(title)
    bare(ax)
    ax.spines[:].set_visible(True)
    if values.size > 100:
        return
    for (i, j), v in np.ndenumerate(values):
        text = f"{round(float(v), 2) + 0:g}".replace("-", "\u2212")
        color = "white" if abs(v) > 0.45 * limit else GREY
        ax.text(j, i, text, ha="center", va="center", fontsize=7, color=color)
