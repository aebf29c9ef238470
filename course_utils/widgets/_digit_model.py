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
    """Return one JSON-able dict for each layer: kind, title, sizes."""
    from torch import nn

    kinds = {nn.ReLU: "relu", nn.Flatten: "flatten", nn.Dropout: "dropout", nn.Dropout2d: "dropout"}
    out = []
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            out.append(
                {"kind": "conv", "out": layer.out_channels, "ins": layer.in_channels, **_geometry(layer)}
            )
        elif isinstance(layer, nn.MaxPool2d):
            out.append({"kind": "pool", **_geometry(layer)})
        elif isinstance(layer, nn.Linear):
            out.append({"kind": "linear", "out": layer.out_features, "ins": layer.in_features})
        else:
            out.append({"kind": kinds[type(layer)]})
    return out


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
    """Return weights, scales and biases of all layers, packed; above 20,000 weights are int8."""
    rows = [layer for layer in layers if hasattr(layer, "weight")]
    weights = [layer.weight.detach().cpu().float().numpy().reshape(len(layer.weight), -1) for layer in rows]
    small = sum(w.size for w in weights) <= EXACT_PARAMETERS
    scales = [np.ones(len(w)) if small else np.abs(w).max(1).clip(1e-12) / 127 for w in weights]
    whole = [w if small else np.rint(w / s[:, None]) for w, s in zip(weights, scales, strict=True)]
    biases = [
        np.zeros(len(r.weight)) if r.bias is None else r.bias.detach().cpu().float().numpy() for r in rows
    ]
    kinds = (np.float32 if small else np.int8, np.float32, np.float32)
    packed = [
        pack(_join(parts).astype(kind)) for parts, kind in zip((whole, scales, biases), kinds, strict=True)
    ]
    return dict(zip(("weights", "scales", "biases"), packed, strict=True))


def _join(arrays):
    return np.concatenate([a.ravel() for a in arrays]) if arrays else np.zeros(0)
