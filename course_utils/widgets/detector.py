"""Detector1D: a kernel slides over a signal and rings where it finds a pattern."""

import numpy as np
import traitlets

from course_utils.widgets import _detector_model as model
from course_utils.widgets._base import Base, source
from course_utils.widgets._detector_texts import KEYS, TASKS, TEXTS
from course_utils.widgets._detector_values import learned_kernels, to_kernel, to_rows
from course_utils.widgets._values import check_choice, check_range


class Detector1D(Base):
    """Let the reader make a kernel that detects the pattern 0, 1, 0, by hand or by gradient steps.

    What the reader made comes back as ``kernel``, ``bias``, ``threshold`` and ``to_conv1d()``.

    Parameters
    ----------
    signals : (N, W) or (N, 1, W), optional
        Up to 12 signals of 16 to 128 samples; by default six that are drawn at random.
    kernel : (K,), optional
        3, 5, 7 or 9 weights; by default 0, 0, 1, 0, 0, which passes the signal on.
    bias, threshold, noise : float
        ``noise`` is the standard deviation of Gaussian noise that is added to the signal.
    relu : bool
    padding : "same" or "valid"
    learned : nn.Conv1d with one input channel, or (N, K), optional
        Trained kernels, offered in the list of weights.
    task : "", "find", "bias" or "all"
        The task that is chosen at the start.

    Taught in ``labs/detect_patterns_1d``.
    """

    _kind = "detector"
    _esm = source("random.js", "svg.js", "slider.js", "fields.js", "player.js", "detector.js", "detector.css")
    caption = traitlets.Unicode("Detector1D: shape the kernel until the output rings at every 0, 1, 0 only.")
    # each a row of samples, or the seed that it is drawn from
    signals, pattern = traitlets.List().tag(sync=True), traitlets.List([0, 1, 0]).tag(sync=True)
    signal, weights = (traitlets.List(traitlets.Float()).tag(sync=True) for _ in range(2))
    bias, threshold, noise = (traitlets.Float(0.0).tag(sync=True) for _ in range(3))
    relu, padding = (
        traitlets.Bool(True).tag(sync=True),
        traitlets.Enum(["same", "valid"], "same").tag(sync=True),
    )
    number, position = traitlets.Int(0).tag(sync=True), traitlets.Int(0).tag(sync=True)
    menus = traitlets.Dict().tag(sync=True)
    task = traitlets.Enum(list(TASKS), "find").tag(sync=True)

    def __init__(self, signals=None, kernel=(0, 0, 1, 0, 0), *, bias=0.0, threshold=0.5, noise=0.0, relu=True,
                 padding="same", learned=None, task="find", **options):  # fmt: skip
        rows = list(range(6)) if signals is None else to_rows(signals)
        first = model.draw_signal(0) if signals is None else rows[0]
        truth = model.find_pattern(first, [0, 1, 0])
        super().__init__(
            signals=rows,
            position=truth[len(truth) // 2] if truth else 0,
            signal=first,
            weights=to_kernel("kernel", kernel),
            bias=check_range("bias", bias, -8, 8, kind=float),
            threshold=check_range("threshold", threshold, -2, 4, kind=float),
            noise=check_range("noise", noise, 0, 0.5, kind=float),
            relu=check_choice("relu", relu, (True, False)),
            padding=check_choice("padding", padding, ("same", "valid")),
            task=check_choice("task", task, list(TASKS)),
            menus={"keys": KEYS, "texts": TEXTS, "task": TASKS, "weights": learned_kernels(learned)},
            **options,
        )

    @property
    def kernel(self):
        """The weights as a float32 tensor (K,)."""
        import torch

        return torch.tensor(self.weights)

    @kernel.setter
    def kernel(self, values):
        self.weights = to_kernel("kernel", values)

    @property
    def shown_signal(self):
        """The signal with its noise: float64 (W,)."""
        return model.noisy(self.signal, self.noise, self.number)

    @property
    def output_before(self):
        """The convolution before bias and ReLU: float64, (W,) or (W - K + 1,)."""
        half = len(self.weights) // 2
        x = np.pad(self.shown_signal, half if self.padding == "same" else 0)
        return np.correlate(x, self.weights, mode="valid")

    @property
    def output(self):
        """What is compared with the threshold: float64, (W,) or (W - K + 1,)."""
        out = self.output_before + self.bias
        return np.maximum(out, 0) if self.relu else out

    def count(self):
        """Return hits, misses and false alarms; see ``count_detections``."""
        offset = 0 if self.padding == "same" else len(self.weights) // 2
        truth = model.find_pattern(self.signal, self.pattern)
        return model.count_detections(self.output, truth, self.threshold, offset=offset)

    def to_conv1d(self):
        """Return ``nn.Conv1d(1, 1, K)`` with the kernel, bias and padding shown."""
        import torch

        size = len(self.weights)
        layer = torch.nn.Conv1d(1, 1, size, padding=size // 2 if self.padding == "same" else 0)
        with torch.no_grad():
            layer.weight.copy_(self.kernel[None, None])
            layer.bias.fill_(self.bias)
        return layer

    def summary(self):
        found = self.count()
        score = (
            f"{len(found['hits'])} found, {len(found['misses'])} missed, {len(found['alarms'])} false alarms"
        )
        return f"kernel {[round(w, 2) for w in self.weights]}, bias={self.bias:.2f}, {score}"

    def describe(self):
        found, weights = self.count(), ", ".join(f"{w:.2f}" for w in self.weights)
        places = ", ".join(str(p + 1) for p in found["hits"]) or "none"
        return (
            f"Four rows over one axis of {len(self.signal)} samples: a signal with bumps of different heights and "
            f"widths, the kernel ({weights}), the sums it gives, and the output with bias {self.bias:.2f} and "
            f"threshold {self.threshold:.2f}. Of {len(found['hits']) + len(found['misses'])} patterns 0, 1, 0 it finds "
            f"those at {places}; {len(found['misses'])} are missed and {len(found['alarms'])} detections are false."
        )

    def picture(self):
        return model.draw(self)
