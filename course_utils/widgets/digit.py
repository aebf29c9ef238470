"""DigitLab: draw a digit and see every number that a network makes of it."""

import numpy as np
import traitlets

from course_utils.widgets import _digit_model as network
from course_utils.widgets._base import Base, source
from course_utils.widgets._digit_raster import RADIUS, rasterise
from course_utils.widgets._digit_samples import find_mistakes, test_digits
from course_utils.widgets._digit_texts import SCOPES, TASKS, menus, titles
from course_utils.widgets._values import check_choice, check_range, pack_sparse


class DigitLab(Base):
    """Let the reader draw a digit and follow it through a network, down to single sums.

    What the reader made comes back as ``image``, ``logits``, ``strokes`` and ``removed``; the digit that it
    is compared with as ``compared``.

    Parameters
    ----------
    model : nn.Sequential
        Of ``Conv2d``, ``ReLU``, ``MaxPool2d``, ``Flatten``, ``Linear`` and ``Dropout``, from (N, 1, 28, 28)
        to ten logits; up to 120,000 parameters (above 20,000 they are shown in 8 bits).
    mean, std : float
        What the images were standardized with before training.
    sample : int
        Which of the test digits is shown first, 0 to 19: two of each class.
    compare : int, optional
        The test digit whose numbers are shown beside it, with the differences; by default none.
    mistakes : (images, labels), optional
        (N, 1, 28, 28) in [0, 1] and (N,): up to 16 digits that are read wrongly; by default they are
        looked for among the first 2,000 test digits.
    task : "", "raw", "shift" or "filters"

    Raises
    ------
    TypeError, ValueError
        If the model has a layer that cannot be drawn (it is named), too many parameters, weights
        that are not finite, or other inputs or outputs.

    Taught in ``lectures/cnn_anatomy``.
    """

    _kind = "digit"
    _esm = source("svg.js", "slider.js", "tensor.js", "ops.js", "picture.js", "digit.js", "digit.css")
    caption = traitlets.Unicode("DigitLab: draw a digit, see every number the network makes of it.")
    arch, strokes, removed, selected, labels, pixels = (traitlets.List().tag(sync=True) for _ in range(6))
    samples, menus = traitlets.Bytes().tag(sync=True), traitlets.Dict().tag(sync=True)
    mean, std = traitlets.Float(0.0).tag(sync=True), traitlets.Float(1.0).tag(sync=True)
    sample, right, down, turn = (traitlets.Int(0).tag(sync=True) for _ in range(4))
    compare = traitlets.Int(-1).tag(sync=True)
    radius, raw = traitlets.Float(RADIUS).tag(sync=True), traitlets.Bool(False).tag(sync=True)
    scope = traitlets.Enum(list(SCOPES), "layer").tag(sync=True)
    task = traitlets.Enum(list(TASKS), "").tag(sync=True)

    def __init__(self, model, *, mean=0.0, std=1.0, sample=14, compare=None, mistakes=None, task="",
                 **options):  # fmt: skip
        import torch

        self._layers = network.check_model(model)
        nested = len(self._layers) != len(model)
        chain = "[m for m in model.modules() if not list(m.children())]" if nested else "model"
        described, weights = network.describe_layers(self._layers), network.pack_weights(self._layers)
        check_range("mean", mean, -10, 10, kind=float)
        check_range("std", std, 1e-3, 100, kind=float)
        digits, labels = test_digits()
        wrong, truth = find_mistakes(self._layers, mean, std, mistakes)
        self._digits = np.concatenate([digits, wrong])
        shapes = [out.shape[1:] for out in network.forward(self._layers, torch.zeros(1, 1, 28, 28))]
        super().__init__(
            arch=[
                layer | packed | {"title": name}
                for layer, packed, name in zip(described, weights, titles(described, shapes), strict=True)
            ],
            samples=pack_sparse(self._digits),
            labels=[*labels, *truth],
            sample=check_range("sample", sample, 0, 19),
            compare=-1 if compare is None else check_range("compare", compare, 0, 19),
            pixels=digits[sample].ravel().tolist(),
            mean=float(mean),
            std=float(std),
            menus=menus([*labels, *truth], chain=chain, mean=float(mean), std=float(std)),
            task=check_choice("task", task, list(TASKS)),
            **options,
        )

    @property
    def image(self):
        """What the network gets: a float32 tensor (1, 1, 28, 28) in [0, 1]."""
        import torch

        return torch.tensor(self.pixels, dtype=torch.float32).reshape(1, 1, 28, 28) / 255

    @property
    def compared(self):
        """The digit that the image is compared with: a float32 tensor (1, 1, 28, 28) in [0, 1], or None."""
        import torch

        return None if self.compare < 0 else torch.tensor(self._digits[self.compare])[None, None] / 255

    @property
    def activations(self):
        """The output of every layer for the image, as tensors, without the removed channels."""
        return network.forward(self._layers, (self.image - self.mean) / self.std, self.removed)

    @property
    def logits(self):
        """The ten logits for the image, as a tensor (1, 10), without the removed channels."""
        return self.activations[-1]

    def draw(self, strokes, *, raw=False):
        """Show strokes: lists [x, y, x, y, …] in pixels, from 0 to 28 each way."""
        pixels = rasterise(strokes, radius=self.radius, raw=raw)
        kept = [[float(v) for v in stroke] for stroke in strokes]
        self.set_trait("pixels", pixels.ravel().tolist())
        self.raw, self.sample, self.strokes = raw, -1, kept

    def summary(self):
        count = sum(p.numel() for layer in self._layers for p in layer.parameters())
        return f"{len(self._layers)} layers, {count:,} parameters, reads {int(self.logits.argmax())}"

    def describe(self):
        from course_utils.widgets._digit_picture import describe

        return describe(self)

    def picture(self):
        from course_utils.widgets._digit_picture import draw

        return draw(self)
