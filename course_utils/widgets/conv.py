"""ConvExplorer: one convolution or pooling layer, every number of it."""

import math

import numpy as np
import traitlets

from course_utils.widgets._base import Base, source
from course_utils.widgets._conv_texts import KEYS, OPERATIONS, TASKS, TEXTS
from course_utils.widgets._conv_values import example_pictures, learned_kernels, square_kernel, to_pixels
from course_utils.widgets._values import check_choice, check_range

KERNELS = {
    "left edges (Sobel)": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
    "bottom edges (Sobel)": [1, 2, 1, 0, 0, 0, -1, -2, -1],
    "blur": [1 / 9] * 9,
    "sharpen": [0, -1, 0, -1, 5, -1, 0, -1, 0],
    "identity": [0, 0, 0, 0, 1, 0, 0, 0, 0],
}


class ConvExplorer(Base):
    """Let the reader paint an input, choose a kernel and follow the window over it.

    What the reader made comes back as ``image``, ``kernel``, ``output`` and ``to_conv2d()``.

    Parameters
    ----------
    image : (H, W), optional
        Brightness in [0, 1], or whole numbers 0 … 255 (uint8), at most 28 × 28.
    kernel : (K, K), optional
        1 × 1 to 7 × 7; by default one that finds left edges (Sobel).
    stride, padding, dilation : int
        1 … 4, 0 … 4 and 1 … 3.
    bias : float
    operation : "conv", "max" or "avg"
    learned : (N, K, K) or (N, 1, K, K), optional
        Kernels of a trained layer, offered in the list of kernels.
    task : "", "size4", "top" or "same2"
        The task that is chosen at the start.

    Taught in ``lectures/convolutions``.
    """

    _kind = "conv"
    _esm = source("random.js", "slider.js", "fields.js", "player.js", "ops.js", "conv.js", "conv.css")
    caption = traitlets.Unicode("ConvExplorer: paint the input, change the kernel, move the window.")
    height, width = traitlets.Int(8).tag(sync=True), traitlets.Int(8).tag(sync=True)
    pixels = traitlets.CBytes().tag(sync=True)
    weights = traitlets.List(traitlets.Float()).tag(sync=True)
    stride, padding = traitlets.Int(1).tag(sync=True), traitlets.Int(0).tag(sync=True)
    dilation, bias = traitlets.Int(1).tag(sync=True), traitlets.Float(0.0).tag(sync=True)
    operation = traitlets.Enum(list(OPERATIONS), "conv").tag(sync=True)
    position, seed = traitlets.Int(0).tag(sync=True), traitlets.Int(0).tag(sync=True)
    pictures, menus = traitlets.Bytes().tag(sync=True), traitlets.Dict().tag(sync=True)
    task = traitlets.Enum(list(TASKS), "").tag(sync=True)

    def __init__(self, image=None, kernel=None, *, stride=1, padding=0, dilation=1, bias=0.0,
                 operation="conv", learned=None, task="", **options):  # fmt: skip
        pixels, names, pictures = to_pixels(image), *example_pictures()
        kernels = KERNELS | learned_kernels(learned)
        menus = {
            "keys": KEYS,
            "texts": TEXTS,
            "operation": OPERATIONS,
            "kernel": kernels,
            "task": TASKS,
            "input": names,
        }
        super().__init__(
            height=pixels.shape[0],
            width=pixels.shape[1],
            pixels=pixels.tobytes(),
            weights=next(iter(KERNELS.values())) if kernel is None else square_kernel("kernel", kernel),
            stride=check_range("stride", stride, 1, 4),
            padding=check_range("padding", padding, 0, 4),
            dilation=check_range("dilation", dilation, 1, 3),
            bias=check_range("bias", bias, -3, 3, kind=float),
            operation=check_choice("operation", operation, list(OPERATIONS)),
            task=check_choice("task", task, list(TASKS)),
            pictures=pictures,
            menus=menus,
            **options,
        )

    @property
    def image(self):
        """The input as a float32 tensor (H, W) in [0, 1]."""
        import torch

        flat = np.frombuffer(self.pixels, np.uint8).reshape(self.height, self.width)
        return torch.from_numpy(flat.astype(np.float32) / 255)

    @property
    def kernel(self):
        """The kernel as a float32 tensor (K, K)."""
        import torch

        size = math.isqrt(len(self.weights))
        return torch.tensor(self.weights).reshape(size, size)

    @kernel.setter
    def kernel(self, values):
        self.weights = square_kernel("kernel", values)

    @property
    def output(self):
        """What the layer makes of the input: a float32 tensor (OH, OW), computed by PyTorch."""
        return self.to_layer()(self.image[None, None])[0, 0].detach()

    def to_layer(self):
        """Return the layer that is shown: ``nn.Conv2d``, ``nn.MaxPool2d`` or ``nn.AvgPool2d``."""
        from torch import nn

        size, where = len(self.kernel), {"stride": self.stride, "padding": self.padding}
        if self.operation == "conv":
            return self.to_conv2d()
        if self.operation == "max":
            return nn.MaxPool2d(size, **where, dilation=self.dilation)
        return nn.AvgPool2d(size, **where)

    def to_conv2d(self):
        """Return ``nn.Conv2d(1, 1, K)`` with the kernel, bias, stride, padding and dilation shown."""
        import torch

        layer = torch.nn.Conv2d(1, 1, len(self.kernel), self.stride, self.padding, self.dilation)
        with torch.no_grad():
            layer.weight.copy_(self.kernel[None, None])
            layer.bias.fill_(self.bias)
        return layer

    def summary(self):
        size = math.isqrt(len(self.weights))
        sizes = f"{self.height}x{self.width} by {size}x{size}"
        steps = f"stride={self.stride}, padding={self.padding}, dilation={self.dilation}"
        return f"{OPERATIONS[self.operation]} of {sizes}, {steps}"

    def describe(self):
        from course_utils.widgets._conv_picture import describe

        return describe(self)

    def picture(self):
        from course_utils.widgets._conv_picture import draw

        return draw(self)
