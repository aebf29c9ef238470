"""FilterExplorer: the filters of a network's first layer, and what they and deeper units find in images."""

import traitlets

from course_utils.widgets import _filters_values as values
from course_utils.widgets._base import Base, source
from course_utils.widgets._filters_texts import gaps, menus
from course_utils.widgets._values import check_range


class FilterExplorer(Base):
    """Let the reader look through first-layer filters, the maps they make and the patches they answer to.

    The maps of the first layer are computed where the figure is shown. Of the layers beyond it, all units
    are shown, by the nine patches of four photographs that excite them most and by their maps; these are
    pictures made here, and in a notebook when the layer is chosen.

    What the reader made comes back as ``unit``, ``kernel`` (with its changes) and ``feature_map``.

    Parameters
    ----------
    model : nn.Module
        An ``nn.Conv2d`` on 1 or 3 channels, or a network whose first convolution is one. If it has
        ``weights_name``, the figure says so; above 8,000 weights the filters are shown in 8 bits.
    images : dict or sequence of (C, H, W), optional
        In [0, 1], all of one shape; by default three photographs, or the ten digits. Layers beyond the
        first are shown with the three photographs only.
    mean, std : sequence of float, optional
        What the images were standardized with: by default ImageNet's for three channels, 0 and 1 for one.
    unit : int
        The filter that is chosen at the start.

    Taught in ``lectures/alexnet_features``.
    """

    _kind = "filters"
    _esm = source("tensor.js", "ops.js", "picture.js", "filters.js", "filters.css")
    caption = traitlets.Unicode("FilterExplorer: choose a filter, see its map and the patches it answers to.")
    filters, scales, biases, images, menus = (traitlets.Dict().tag(sync=True) for _ in range(5))
    mean, std, cursor, pinned, change = (traitlets.List().tag(sync=True) for _ in range(5))
    stride, padding, unit, image = (traitlets.Int(0).tag(sync=True) for _ in range(4))
    order, scope, rank = (traitlets.Unicode(v).tag(sync=True) for v in ("number", "unit", "strongest"))
    weights_name, layer = traitlets.Unicode().tag(sync=True), traitlets.Unicode("conv1").tag(sync=True)
    layers, sheets = traitlets.List().tag(sync=True), traitlets.Dict().tag(sync=True)

    def __init__(self, model, images=None, *, mean=None, std=None, unit=0, **options):
        self._model, self._layer = model, values.first_convolution(model)
        layer = self._layer
        names, pixels = values.pictures(images, layer.in_channels)
        self._pixels, self._made = pixels, {}
        if min(pixels.shape[2:]) + 2 * layer.padding[0] < layer.kernel_size[0]:
            raise ValueError(f"images of shape {pixels.shape[1:]} are smaller than the filters")
        filters, scales, biases, exact = values.pack_filters(layer)
        mean, std = values.standards(mean, std, layer.in_channels)
        layers = self._deep_layers(mean, std) if images is None and layer.in_channels == 3 else []
        weights_name = str(getattr(model, "weights_name", f"weights of this {type(model).__name__}"))
        words = gaps(model, layer, pixels, weights_name) | {"mean": mean, "std": std}
        super().__init__(
            filters=filters,
            scales=scales,
            biases=biases,
            images=values.pack_images(pixels),
            mean=mean,
            std=std,
            layers=layers,
            stride=layer.stride[0],
            padding=layer.padding[0],
            unit=check_range("unit", unit, 0, len(layer.weight) - 1),
            menus=menus(names, values.orders(layer), layers, layer.in_channels, words),
            weights_name=weights_name,
            **options,
        )
        if not exact:
            difference = values.rounding(layer, pixels, self.mean, self.std)
            self.weights_name += f"; in 8 bits, which changes the maps by at most {difference:.2g}"

    @property
    def kernel(self):
        """The chosen filter as a float32 tensor (C, K, K), in full precision, with the changes made to it."""
        import torch

        kernel = self._layer.weight.detach()[self.unit].clone()
        for step in self.change:
            if step == "flip":
                kernel = kernel.flip(2)
            elif step == "turn":
                kernel = torch.rot90(kernel, -1, (1, 2))
            elif step == "negate":
                kernel = -kernel
            else:
                kernel[int(step)] = 0
        return kernel

    @property
    def feature_map(self):
        """The map of the chosen unit on the chosen image: a tensor (OH, OW).

        Of the first layer before ReLU, of a deeper layer after it and at 224 pixels.
        """
        import torch

        if self.layer != "conv1":
            from course_utils.widgets import _filters_layers

            depth = next(layer["depth"] for layer in self.layers if layer["name"] == self.layer)
            with torch.no_grad():
                return _filters_layers.sequential(self._model)[:depth](self._standardized())[0, self.unit]
        bias = None if self._layer.bias is None else self._layer.bias.detach()[self.unit : self.unit + 1]
        options = {"stride": self.stride, "padding": self.padding}
        return torch.nn.functional.conv2d(self._standardized(), self.kernel[None], bias, **options)[0, 0]

    def _standardized(self):
        import torch

        chosen = torch.tensor(self._pixels[self.image]) / 255
        if self.layer != "conv1":
            from course_utils.widgets import _filters_layers

            chosen = _filters_layers.large_photographs()[self.image]
        return _preparing(self.mean, self.std)(chosen)[None]

    def _deep_layers(self, mean, std):
        from course_utils.widgets import _filters_layers

        return _filters_layers.deep_layers(self._model, _preparing(mean, std))

    def _sheets_of(self, layer):
        from course_utils.widgets import _filters_layers

        if layer["name"] not in self._made:
            prepare = _preparing(self.mean, self.std)
            self._made[layer["name"]] = _filters_layers.sheets(self._model, layer, prepare)
        return self._made[layer["name"]]

    @traitlets.observe("layer")
    def _send_sheets(self, change):
        chosen = {
            layer["name"]: self._sheets_of(layer) for layer in self.layers if layer["name"] == change.new
        }
        self.sheets = self.sheets | chosen

    def state(self):
        """Return the state as JSON-able values, with the sheets of all layers."""
        return super().state() | {"sheets": {layer["name"]: self._sheets_of(layer) for layer in self.layers}}

    def summary(self):
        size = "×".join(map(str, self.filters["shape"]))
        return f"{size} filters, {self.weights_name}, unit {self.unit}"

    def describe(self):
        count, channels, size, _ = self.filters["shape"]
        kind = (
            "colour pictures: edges, gratings and spots"
            if channels == 3
            else "signed pictures of strokes and edges"
        )
        return (
            f"A grid of {count} filters of {size} by {size} pixels, {kind} where training went well "
            f"({self.weights_name}). Number {self.unit} is framed."
        )

    def picture(self):
        from course_utils.widgets._filters_picture import draw

        return draw(self)


def _preparing(mean, std):
    """Return a function that standardizes images."""
    import torch

    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (mean, std))
    return lambda images: (images - mean) / std
