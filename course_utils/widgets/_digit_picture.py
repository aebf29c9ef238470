"""The picture and the words that stand for a DigitLab where no script runs."""

import numpy as np


def _maps(widget):
    """Return the maps to show: (title, (C, H, W)) of every convolution and pooling, else of linear layers."""
    outputs = zip(widget.arch, widget.activations, strict=True)
    rows = [
        (layer["title"], out[0].numpy())
        for layer, out in outputs
        if out.ndim == 4 and layer["kind"] != "relu"
    ]
    return [(title, values[:16]) for title, values in rows][:4]


def describe(widget):
    """Return alt text: the digit, the layers and what the network reads."""
    probability = widget.logits.softmax(1)[0]
    best, second = probability.argsort(descending=True)[:2].tolist()
    rows = "; ".join(title for title, _ in _maps(widget))
    start = "A drawing" if widget.sample < 0 else f"A handwritten {widget.labels[widget.sample]}"
    maps = (
        f", and below it the maps of {rows}: the first layer answers to edges of the strokes" if rows else ""
    )
    return (
        f"{start} of 28 by 28 pixels{maps}. The network reads {best} with {probability[best]:.0%}, "
        f"then {second} with {probability[second]:.0%}."
    )


def draw(widget):
    """Return a figure: the digit and the ten probabilities, and a row of maps for each layer."""
    from course_utils.plotting import COLORS, GREY, subplots
    from course_utils.plotting.style import SIGNED, bare, signed_limit

    rows = _maps(widget)
    figure, axes = subplots(
        1 + len(rows), 1, size=(7.0, 2.1 + 0.95 * len(rows)), height_ratios=[2, *[1] * len(rows)]
    )
    axes = np.atleast_1d(axes)
    axes[0].bar(range(10), widget.logits.softmax(1)[0].numpy(), color=COLORS[0])
    axes[0].set(xticks=range(10), ylim=(0, 1), ylabel="probability", xlim=(-5, 9.6))
    inset = axes[0].inset_axes((0.02, 0.02, 0.24, 0.96))
    bare(inset).imshow(widget.image[0, 0].numpy(), cmap="Greys", vmin=0, vmax=1, alpha=0.8)
    inset.patch.set_alpha(0)
    for ax, (title, values) in zip(axes[1:], rows, strict=True):
        gap = np.zeros((values.shape[1], 1))
        strip = np.concatenate([part for m in values for part in (m, gap)], axis=1)
        limit = signed_limit(strip)
        bare(ax).imshow(strip, cmap=SIGNED, vmin=-limit, vmax=limit)
        ax.set_title(title, fontsize=8, color=GREY, loc="left")
    return figure
