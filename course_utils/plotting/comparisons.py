"""Figures that compare the parts of a network, or variants of it."""

from course_utils.plotting.style import COLORS, GREY, MARKERS, legend, subplots, to_array


def plot_channel_bars(layers, *, label=""):
    """Plot a bar for each channel, one panel for each layer.

    Parameters
    ----------
    layers : dict of str to (C,)
        A number for each channel of a layer; a key is the name below its panel.
    label : str
        Of the vertical axis.

    Returns
    -------
    ndarray of matplotlib Axes

    Taught in ``lectures/cnn_anatomy``.
    """
    values = {name: to_array(numbers) for name, numbers in layers.items()}
    widths = [len(numbers) for numbers in values.values()]
    if not widths or min(widths) < 1:
        raise ValueError(f"layers must hold at least one channel each, not {widths}")
    _, axes = subplots(1, len(values), size=(7, 2.4), width_ratios=widths, sharey=True, squeeze=False)
    for ax, (name, numbers) in zip(axes[0], values.items(), strict=True):
        bars = ax.bar(range(len(numbers)), numbers)
        ax.bar_label(bars, fmt=lambda value: f"{round(value, 2) + 0.0:.2f}", color=GREY, fontsize=8)
        ax.set(xticks=range(len(numbers)), xlabel=name)
    axes[0][0].set_ylabel(label)
    return axes[0]


def plot_variants(scores, costs, *, labels=("", "")):
    """Plot the scores of variants beside their costs, one row for each variant.

    Parameters
    ----------
    scores : dict of str to (N,)
        The scores of each variant, such as its accuracies over N seeds; a bar marks their mean.
    costs : dict of str to (len(scores),)
        For each kind of cost one positive number for each variant, shown relative to the first.
    labels : (str, str)
        Of the two horizontal axes.

    Returns
    -------
    ndarray of matplotlib Axes

    Taught in ``lectures/cnn_anatomy``.
    """
    for name, values in costs.items():
        if len(values) != len(scores):
            raise ValueError(
                f"costs[{name!r}] must have {len(scores)} numbers, one a variant, not {len(values)}"
            )
    _, axes = subplots(1, 2, size=(7, 3.2), sharey=True)
    for row, values in enumerate(scores.values()):
        axes[0].plot(values, [row] * len(values), "o", color=COLORS[0], alpha=0.7, markersize=5)
        axes[0].plot(sum(values) / len(values), row, "|", color=GREY, markersize=16)
    for marker, (name, values) in zip(MARKERS[1:], costs.items(), strict=False):
        axes[1].plot([v / values[0] for v in values], range(len(values)), marker, label=name, markersize=5)
    axes[0].set(yticks=range(len(scores)), yticklabels=scores, xlabel=labels[0])
    axes[0].invert_yaxis()
    axes[1].set(
        xscale="log", xticks=[0.5, 1, 2, 5, 10], xticklabels=["0.5", "1", "2", "5", "10"], xlabel=labels[1]
    )
    axes[1].minorticks_off()
    axes[1].axvline(1, color=GREY, linewidth=0.8)
    legend(axes[1])
    return axes
