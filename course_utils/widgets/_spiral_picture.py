"""The picture and the words that stand for a SpiralLab where no script runs."""

import numpy as np

from course_utils.widgets import _spiral_model

STEPS = 350


def _trained(widget):
    """Return both models after 350 steps and the share of points each gets right."""
    import torch

    models = [_spiral_model.train(widget, which, STEPS) for which in (0, 1)]
    x, y = torch.from_numpy(widget.X), torch.from_numpy(widget.y)
    with torch.no_grad():
        return models, [(model(x).argmax(1) == y).double().mean().item() for model in models]


def describe(widget):
    """Return alt text: the data, both models, and how many points each gets right."""
    _, right = _trained(widget)
    names = [widget.title(which) for which in (0, 1)]
    data = {"spiral": "two arms of a spiral", "moons": "two moons", "circles": "a ring around a disc"}
    return (
        f"Two maps of the same {len(widget.y)} points, {data.get(widget.data, 'in the plane')}, coloured by the class "
        f"that a model gives to each place after {STEPS} training steps. Left, {names[0]}: {right[0]:.1%} of the "
        f"points are right. Right, {names[1]}: {right[1]:.1%} are right."
    )


def draw(widget):
    """Return a figure with both decision maps after 350 steps."""
    import torch

    from course_utils.plotting import plot_decision_boundary, subplots

    models, right = _trained(widget)
    figure, axes = subplots(1, 2, size=(7.0, 3.6))
    for which, (ax, model) in enumerate(zip(axes, models, strict=True)):

        def predict(plane, model=model):
            with torch.no_grad():
                return model(torch.from_numpy(np.ascontiguousarray(plane, np.float64)))

        plot_decision_boundary(predict, widget.X, widget.y, resolution=200, ax=ax)
        ax.set_title(f"{widget.title(which)}: {right[which]:.1%} right")
    return figure
