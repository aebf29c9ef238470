"""SpiralLab: two models learn the same points side by side, one of them linear."""

from functools import partial

import numpy as np
import traitlets

from course_utils.widgets import _spiral_model as model
from course_utils.widgets._base import Base, source
from course_utils.widgets._spiral_code import ACTIVATIONS, BATCHES, DATA, OPTIMIZERS, TASKS, menus
from course_utils.widgets._spiral_values import known_model, losses, points, unpack
from course_utils.widgets._values import check_choice, check_range

bit = partial(traitlets.Int, 0)


class SpiralLab(Base):
    """Let the reader train a linear model and a network side by side on points in the plane.

    What the reader made comes back as ``X``, ``y``, ``lr``, ``step`` and ``to_torch()``.

    Parameters
    ----------
    X : (N, 2), optional
        6 to 400 points; by default two arms of a spiral.
    y : (N,), optional
        Their classes, 0 to 3.
    models : two of: sequence of int, or nn.Sequential
        Hidden layers, up to 3 of 1 to 128 units: ``[]`` is the linear model. An ``nn.Sequential`` of
        ``Linear`` and ``ReLU`` or ``Tanh`` brings its weights as the start.
    activation : "relu", "tanh" or "none"
    data : "spiral", "moons", "circles" or "drawn"
    turns, noise : float
        0.25 … 2 and 0 … 0.5, for the data that are drawn here.
    holdout : bool
        Every fourth point is for testing only.
    optimizer : "sgd", "momentum" or "adam"
    lr : float
    batch : 0 (all), 1, 4, 16 or 64
    seed, data_seed : int
        Of the starting weights and batches, and of the points.
    recorded : sequence of float, optional
        A loss for each step, measured elsewhere, shown behind the curves.
    task : "", "line", "few" or "explode"

    Taught in ``lectures/linear_vs_relu``.
    """

    _kind = "spiral"
    _esm = source("random.js", "slider.js", "player.js", "spiral.js", "spiral.css")
    caption = traitlets.Unicode("SpiralLab: the same points, the same steps; what can each model learn?")
    menus, recorded = (traitlets.Dict().tag(sync=True) for _ in range(2))
    points, hidden, activations, starts, params = (traitlets.List().tag(sync=True) for _ in range(5))
    data = traitlets.Enum([*DATA, "given"], "spiral").tag(sync=True)
    turns, noise, lr = (traitlets.Float().tag(sync=True) for _ in range(3))
    seed, data_seed, step, batch = (bit().tag(sync=True) for _ in range(4))
    holdout = traitlets.Int(1).tag(sync=True)
    optimizer = traitlets.Enum(list(OPTIMIZERS), "adam").tag(sync=True)
    task = traitlets.Enum(list(TASKS), "").tag(sync=True)

    def __init__(self, X=None, y=None, *, models=((), (16, 16)), activation="relu", data="spiral", turns=1.0,
                 noise=0.2, holdout=True, optimizer="adam", lr=0.02, batch=0, seed=0, data_seed=0,
                 recorded=None, task="", **options):  # fmt: skip
        check_choice("activation", activation, list(ACTIVATIONS))
        data = "given" if X is not None else check_choice("data", data, list(DATA))
        shape = {"turns": check_range("turns", turns, 0.25, 2, kind=float)}
        shape["noise"] = check_range("noise", noise, 0, 0.5, kind=float)
        seeds = {n: check_range(n, v, 0, 999_999) for n, v in (("seed", seed), ("data_seed", data_seed))}
        if X is None and y is None and data != "drawn":
            xs, labels = model.draw_points(data, data_seed, **shape)
        else:
            xs, labels = points(X, y, empty=data == "drawn")
        known = [known_model(m, activation, max(2, int(labels.max(initial=0)) + 1)) for m in models]
        if len(known) != 2:
            raise ValueError(f"models must be two, not {len(known)}")
        hidden = ["-".join(map(str, m["hidden"])) for m in known]
        super().__init__(
            points=[[*map(float, np.round(x, 6)), int(k)] for x, k in zip(xs, labels, strict=True)],
            data=data,
            hidden=hidden,
            activations=[m["activation"] for m in known],
            starts=[m["start"] for m in known],
            holdout=int(check_choice("holdout", holdout, (True, False))),
            optimizer=check_choice("optimizer", optimizer, list(OPTIMIZERS)),
            lr=check_range("lr", lr, 1e-4, 100, kind=float),
            batch=check_choice("batch", batch, BATCHES),
            recorded=losses(recorded),
            menus=menus(data, hidden, recorded is not None),
            task=check_choice("task", task, list(TASKS)),
            **shape,
            **seeds,
            **options,
        )

    @property
    def X(self):  # noqa: N802
        """The points that are shown, to 6 decimals: float64 (N, 2)."""
        return np.array([p[:2] for p in self.points], float).reshape(-1, 2)

    @property
    def y(self):
        """Their classes: int64 (N,)."""
        return np.array([p[2] for p in self.points], np.int64)

    def sizes(self, which=1):
        """Return the widths of all layers of the first (0) or second (1) model, from input to output."""
        return [
            2,
            *map(int, filter(None, self.hidden[which].split("-"))),
            max(2, int(self.y.max(initial=0)) + 1),
        ]

    def to_torch(self, which=1, *, start=False):
        """Return the first (0) or second (1) model as an ``nn.Sequential`` in float64.

        It has the weights that are shown, or those it started from.
        """
        check_choice("which", which, (0, 1))
        params = None if start or not self.params else self.params[which]
        if params is None:
            given = self.starts[which]
            params = unpack(given) if given else model.start_params(self.sizes(which), self.seed)
        return model.build(self.sizes(which), self.activations[which], params)

    def title(self, which):
        """Return what the first or second model is, in words."""
        if not self.hidden[which]:
            return "linear"
        return f"{ACTIVATIONS[self.activations[which]]}, {'-'.join(map(str, self.sizes(which)))}"

    def summary(self):
        both = " and ".join(self.title(which) for which in (0, 1))
        return f"{both} on {len(self.points)} points, {OPTIMIZERS[self.optimizer]} lr={self.lr:g}, step {self.step}"

    def describe(self):
        from course_utils.widgets._spiral_picture import describe

        return describe(self)

    def picture(self):
        from course_utils.widgets._spiral_picture import draw

        return draw(self)
