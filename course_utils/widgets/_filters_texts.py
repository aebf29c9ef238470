"""The words of FilterExplorer, and the PyTorch code that it copies; ‹words› are filled in where it runs."""

FIRST = """import torch
import torch.nn.functional as F
from torch import nn

layer = next(m for m in model.modules() if isinstance(m, nn.Conv2d))  # ‹name›
mean, std = torch.tensor(‹mean›).view(-1, 1, 1), torch.tensor(‹std›).view(-1, 1, 1)
kernel = layer.weight.detach()[‹unit›].clone()
‹change›bias = None if layer.bias is None else layer.bias.detach()[[‹unit›]]
# image: ‹shape› in [0, 1]
feature_map = F.conv2d(((image - mean) / std)[None], kernel[None], bias, ‹geometry›)[0, 0]
print(feature_map)
"""
DEEP = """import torch

features = ‹features›[:‹depth›]  # ‹name›
mean, std = torch.tensor(‹mean›).view(-1, 1, 1), torch.tensor(‹std›).view(-1, 1, 1)
# image: (3, ‹pixels›, ‹pixels›) in [0, 1]
with torch.no_grad():
    feature_map = features(((image - mean) / std)[None])[0, ‹unit›]  # ‹layer›
print(feature_map)
"""
EDITS = [
    ["flip", "Flip"],
    ["turn", "Turn"],
    ["negate", "Negate"],
    ["0", "No red"],
    ["1", "No green"],
    ["2", "No blue"],
]
KEYS = ["layer", "unit", "image", "order", "scope", "rank", "cursor", "pinned", "change"]
TEXTS = {
    "grid": "Filters. Arrows choose one, Home and End the first and last, digits jump to a number, P pins it.",
    "map": "Feature map. Arrows move the window.",
    "image": "The image; the frame is what the chosen place of the map sees. A click moves it.",
    "relu": "The feature map after ReLU",
    "filter": "The chosen one, enlarged. Arrows read single weights.",
    "patches": "The patches that answer to it",
    "full": "Four are pinned already: let one go first.",
    "scopes": {"unit": "by filter", "layer": "one for all"},
    "ranks": {"strongest": "strongest", "weakest": "weakest"},
    "pin": "Filter ‹u› and its map on ‹image›",
    "deepPin": "‹layer›, unit ‹u›: its strongest patch and its map on ‹image›",
    "titles": [
        "‹total› filters: ‹weights›", "filter ‹unit›‹changed›", "‹image›", "map before ReLU", "map after ReLU",
        "‹rank› answers in all images",
    ],
    "deepTitles": [
        "the ‹count› units of ‹layer›, each by its strongest patch: ‹name›",
        "unit ‹unit›: top patch", "‹image›, at ‹pixels› pixels", "its map after ReLU", "",
        "the ‹best› patches of four photographs that excite unit ‹unit› most",
    ],
    "facts": "map[‹cursor›] = sum of ‹n› products ‹sum› + bias ‹bias› = ‹here›\n"
    "map ‹rows› × ‹cols›, stride ‹stride›, from ‹low› to ‹high› at [‹peak›]‹silent›\n‹weight›",
    "deepFacts": "‹layer›, unit ‹unit›: each place of its ‹rows› × ‹cols› map sees ‹span› × ‹span› pixels\n"
    "strongest answer in the photographs ‹top›, on average ‹mean›",
    "waiting": "\nThe kernel makes its pictures: one moment.",
    "silent": ": silent after ReLU on this image",
    "ways": {
        "flip": "kernel = kernel.flip(2)\n",
        "turn": "kernel = torch.rot90(kernel, -1, (1, 2))\n",
        "negate": "kernel = -kernel\n",
        "clear": "kernel[‹step›] = 0\n",
    },
}  # fmt: skip


def menus(names, orders, layers, channels, words):
    """Return all menus and texts; ``words`` fill the gaps of the code that do not change."""

    def filled(text):
        for name, value in words.items():
            text = text.replace(f"‹{name}›", str(value))
        return text

    code = {
        "code": filled(FIRST),
        "deepCode": filled(DEEP),
        "deepTitles": [*map(filled, TEXTS["deepTitles"])],
    }
    chosen = {name: name for name in ("conv1", *(layer["name"] for layer in layers))}
    return {
        "image": names,
        "orders": orders,
        "order": {name: name for name in [*orders, "activation", *(["choosiest"] if layers else [])]},
        "layer": chosen,
        "edits": EDITS if channels == 3 else EDITS[:3],
        "keys": KEYS,
        "rules": {},
        "texts": TEXTS | code,
    }


def gaps(model, layer, pixels, weights_name):
    """Return what stands in the gaps of the code that is copied."""
    return {
        "name": weights_name,
        "shape": tuple(pixels.shape[1:]),
        "geometry": f"stride={layer.stride[0]}, padding={layer.padding[0]}",
        "pixels": 224,
        "features": "model.features" if hasattr(model, "features") else "model",
    }
