"""What DigitLab takes: a network of known layers, described and packed for its JavaScript."""

import numpy as np

from course_utils.widgets._values import pack

MOST_PARAMETERS, EXACT_PARAMETERS = 120_000, 20_000
KNOWN = "Conv2d, ReLU, MaxPool2d, Flatten, Linear and Dropout"


def flat_layers(model):
    """Return the layers of a (nested) ``nn.Sequential`` in order, or raise an error that names the misfit."""
    from torch import nn

    if not isinstance(model, nn.Sequential):
        raise TypeError(f"model must be an nn.Sequential of {KNOWN}, not {type(model).__name__}")
    layers = []
    for name, layer in model.named_children():
        if isinstance(layer, nn.Sequential):
            layers += flat_layers(layer)
        elif type(layer) in (
            nn.Conv2d,
            nn.ReLU,
            nn.MaxPool2d,
            nn.Flatten,
            nn.Linear,
            nn.Dropout,
            nn.Dropout2d,
        ):
            layers.append(layer)
        else:
            raise ValueError(
                f"model holds {type(layer).__name__} (layer {name!r}); DigitLab knows {KNOWN} only"
            )
    return layers


def check_model(model):
    """Return the layers of a model that maps (1, 1, 28, 28) to (1, 10), or say what is wrong."""
    import torch

    layers = flat_layers(model)
    count = sum(p.numel() for p in model.parameters())
    if count > MOST_PARAMETERS:
        raise ValueError(
            f"model has {count:,} parameters; DigitLab takes up to {MOST_PARAMETERS:,} on a page"
        )
    for name, values in model.named_parameters():
        if not torch.isfinite(values).all():
            raise ValueError(f"model must have finite weights, but {name} holds NaN or infinity")
    try:
        out = tuple(forward(layers, torch.zeros(1, 1, 28, 28))[-1].shape)
    except (RuntimeError, IndexError) as error:
        raise ValueError(f"model cannot take one image of shape (1, 1, 28, 28): {error}") from None
    if out != (1, 10):
        raise ValueError(f"model must return ten logits (1, 10) for an image (1, 1, 28, 28), not {out}")
    return layers


def forward(layers, x, removed=()):
    """Return the outputs of all layers in evaluation mode, with the removed (layer, channel) set to zero."""
    import torch
    from torch import nn

    outputs = []
    with torch.no_grad():
        for i, layer in enumerate(layers):
            x = x if isinstance(layer, (nn.Dropout, nn.Dropout2d)) else layer(x)
            gone = [channel for at, channel in removed if at == i]
            if gone:
                x = x.clone()
                x[:, gone] = 0
            outputs.append(x)
    return outputs


def describe_layers(layers):
    """Return one JSON-able dict for each layer: kind, sizes, whether its numbers are shown, what they see.

    ``sees`` is (first, stride, size): the number at (i, j) sees ``size`` rows of the input from
    ``first + i * stride`` on, and columns likewise.
    """
    from torch import nn

    kinds = {
        nn.Conv2d: "conv",
        nn.MaxPool2d: "pool",
        nn.ReLU: "relu",
        nn.Flatten: "flatten",
        nn.Linear: "linear",
    }
    out, sees = [], [0, 1, 1]
    for at, layer in enumerate(layers):
        described = {"kind": kinds.get(type(layer), "dropout")}
        if described["kind"] in ("conv", "pool"):
            described |= _geometry(layer)
            sees = _widened(sees, described)
        if described["kind"] == "conv":
            described |= {"out": layer.out_channels}
        if described["kind"] == "linear":
            described |= {"out": layer.out_features, "k": 1}
        flat = any(isinstance(before, (nn.Flatten, nn.Linear)) for before in layers[: at + 1])
        described["shown"] = described["kind"] not in ("flatten", "dropout") and at < len(layers) - 1
        out.append(described | ({} if flat else {"sees": sees}))
    return out


def _widened(sees, layer):
    first, stride, size = sees
    step = stride * layer["stride"]
    return [first - layer["padding"] * stride, step, size + (layer["k"] - 1) * stride]


def _geometry(layer):
    name, size = type(layer).__name__, layer.kernel_size
    kernel = list(size) if isinstance(size, tuple) else [size, size]
    padding = {"valid": 0, "same": kernel[0] // 2}.get(layer.padding, layer.padding)
    stride, padding, dilation = (_single(v) for v in (layer.stride, padding, layer.dilation))
    plain = getattr(layer, "groups", 1) == 1 and getattr(layer, "padding_mode", "zeros") == "zeros"
    odd = layer.padding != "same" or kernel[0] % 2
    if None in (stride, padding) or dilation != 1 or kernel[0] != kernel[1] or not plain or not odd:
        raise ValueError(f"DigitLab draws square {name} without dilation or groups only, not {layer}")
    if getattr(layer, "ceil_mode", False):
        raise ValueError(f"DigitLab draws {name} with ceil_mode=False only, not {layer}")
    return {"k": kernel[0], "stride": stride, "padding": padding}


def _single(value):
    return value if not isinstance(value, tuple) else value[0] if len(set(value)) == 1 else None


def pack_weights(layers):
    """Return {weight, bias, scale} of each layer, packed; above 20,000 weights in all they are int8 with scales."""
    with_weights = [layer for layer in layers if hasattr(layer, "weight")]
    exact = sum(layer.weight.numel() for layer in with_weights) <= EXACT_PARAMETERS
    return [_packed(layer, exact) if layer in with_weights else {} for layer in layers]


def _packed(layer, exact):
    weight = layer.weight.detach().cpu().float().numpy().reshape(len(layer.weight), -1)
    bias = np.zeros(len(weight)) if layer.bias is None else layer.bias.detach().cpu().numpy()
    out = {"bias": pack(bias.astype(np.float32))}
    if exact:
        return out | {"weight": pack(weight)}
    scale = np.abs(weight).max(1).clip(1e-12) / 127
    whole = np.rint(weight / scale[:, None]).astype(np.int8)
    return out | {"weight": pack(whole), "scale": pack(scale.astype(np.float32))}
