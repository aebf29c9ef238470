"""FilterExplorer's JavaScript computes the maps that PyTorch computes, and refuses what it cannot show."""

import base64
import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.pretrained import load_alexnet
from course_utils.widgets import FilterExplorer
from widget_host import engine

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def js():
    return engine("ops.js", "filters.js")


@pytest.fixture(scope="module")
def alexnet():
    return load_alexnet("standin")


def unpack(packed):
    kinds = {"i8": np.int8, "f32": "<f4", "u8": np.uint8}
    return np.frombuffer(base64.b64decode(packed["data"]), kinds[packed["dtype"]]).reshape(packed["shape"])


def test_maps_agree_with_torch_on_the_same_weights(js, alexnet):
    widget = FilterExplorer(alexnet)
    whole, scales, biases = (unpack(p) for p in (widget.filters, widget.scales, widget.biases))
    pixels = unpack(widget.images)[0]
    x = js("standardized", pixels.ravel().tolist(), pixels.shape, widget.mean, widget.std)
    original = alexnet.features[0](torch.tensor(x, dtype=torch.float32).reshape(1, *pixels.shape))[0].detach()
    for unit in (0, 17, 63):
        kernel = whole[unit].astype(np.float64) * scales[unit]
        ours = js("featureMap", x, pixels.shape, kernel.ravel().tolist(), 11, float(biases[unit]), 4, 2)
        weight = torch.tensor(kernel, dtype=torch.float32)[None]
        theirs = F.conv2d(
            torch.tensor(x, dtype=torch.float32).reshape(1, *pixels.shape),
            weight,
            torch.tensor(biases[[unit]]),
            4,
            2,
        )[0, 0]
        assert ours["shape"] == [1, *theirs.shape]
        assert np.abs(np.array(ours["data"]) - theirs.flatten().numpy()).max() <= 1e-4
        assert (theirs - original[unit]).abs().max() <= float(widget.weights_name.rsplit(" ", 1)[1]) * 1.1


def test_small_layers_travel_exactly():
    torch.manual_seed(0)
    layer = nn.Conv2d(1, 8, 5, padding=2, bias=False)
    widget = FilterExplorer(layer)
    assert np.array_equal(unpack(widget.filters), layer.weight.detach().numpy())
    assert len(widget.menus["image"]) == 10


@pytest.mark.parametrize(
    "change", [["flip"], ["turn"], ["negate"], ["1"], ["turn", "flip", "0", "negate", "turn"]]
)
def test_changes_of_a_filter_are_the_same(js, alexnet, change):
    widget = FilterExplorer(alexnet, unit=9)
    widget.change = change
    kernel = alexnet.features[0].weight.detach()[9]
    assert np.allclose(js("changed", kernel.flatten().tolist(), 11, change), widget.kernel.flatten())
    assert torch.equal(kernel, alexnet.features[0].weight.detach()[9])


def test_copied_pytorch_gives_the_map(js, alexnet):
    widget = FilterExplorer(alexnet, unit=9)
    widget.change, widget.image = ["turn", "2"], 1
    shown = {"unit": 9, "change": ["turn", "2"]}
    code = js(
        "torchCode", shown, [3, 80, 80], {}, {"stride": 4, "padding": 2}, "stand-in", widget.mean, widget.std
    )
    names = {"model": alexnet, "image": torch.tensor(unpack(widget.images)[1].copy()) / 255}
    exec(code, names)
    assert torch.allclose(names["feature_map"], widget.feature_map, atol=1e-5)


def test_extremes_are_the_strongest_and_lie_apart(js):
    rng = np.random.default_rng(0)
    maps = [{"data": rng.normal(size=48).tolist(), "shape": [1, 6, 8]} for _ in range(2)]
    values = np.array([m["data"] for m in maps]).reshape(2, 6, 8)
    for sign in (1, -1):
        found = js("extremes", maps, 5, sign, 3)
        assert sign * found[0][3] == (sign * values).max()
        assert all(values[m, i, j] == v for m, i, j, v in found)
        pairs = [(a, b) for a in found for b in found if a is not b and a[0] == b[0]]
        assert len(found) == 5 and all(max(abs(a[1] - b[1]), abs(a[2] - b[2])) >= 3 for a, b in pairs)


def test_orders_hold_every_filter_once(alexnet):
    for order in FilterExplorer(alexnet).menus["order"].values():
        assert sorted(order) == list(range(64))


def broken():
    layer = nn.Conv2d(1, 2, 3)
    layer.weight.data[0] = math.inf
    return layer


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (lambda: nn.Linear(2, 2), {}, "none"),
        (lambda: "alexnet", {}, "not str"),
        (lambda: nn.Conv2d(8, 2, 3), {}, "1 or 3 channels"),
        (lambda: nn.Conv2d(1, 2, (3, 5)), {}, "square"),
        (lambda: nn.Conv2d(3, 999, 11), {}, "30,000"),
        (broken, {}, "finite"),
        (lambda: nn.Conv2d(1, 2, 3), {"unit": 2}, "unit"),
        (lambda: nn.Conv2d(1, 2, 3), {"mean": [0, 0, 0]}, "mean and std"),
        (lambda: nn.Conv2d(1, 2, 3), {"images": [torch.ones(3, 20, 20)]}, "images"),
        (lambda: nn.Conv2d(1, 2, 3), {"images": [torch.ones(1, 20, 20) * 7]}, "0 … 1"),
        (lambda: nn.Conv2d(1, 2, 3), {"images": [torch.full((1, 20, 20), math.nan)]}, "NaN"),
        (lambda: nn.Conv2d(1, 2, 3), {"images": [torch.ones(1, 400, 400)]}, "60,000"),
    ],
)
def test_wrong_arguments_are_named(make, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        FilterExplorer(make(), **options)


def test_sizes_stay_within_the_budget(alexnet):
    from course_utils.widgets._base import HERE, compress

    widget = FilterExplorer(alexnet)
    assert sum((HERE / name).stat().st_size for name in ("core.js", "ops.js", "filters.js")) < 30 * 1024
    assert len(json.dumps(widget.state())) <= 110 * 1024
    assert len(compress(widget.picture())[0]) <= 60 * 1024
    assert "stand-in" in repr(widget) and "0x" not in repr(widget)
