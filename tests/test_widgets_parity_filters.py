"""FilterExplorer's JavaScript computes the maps that PyTorch computes, and refuses what it cannot show."""

import base64
import io
import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from course_utils.patches import receptive_field
from course_utils.pretrained import load_alexnet
from course_utils.widgets import FilterExplorer
from course_utils.widgets._filters_layers import large_photographs, patch_sheet, to_bytes
from widget_host import engine, module_size

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def js():
    return engine("ops.js", "picture.js", "filters.js")


@pytest.fixture(scope="module")
def alexnet():
    return load_alexnet("standin")


@pytest.fixture(scope="module")
def widget(alexnet):
    return FilterExplorer(alexnet)


def unpack(packed):
    kinds = {"i8": np.int8, "f32": "<f4", "u8": np.uint8}
    return np.frombuffer(base64.b64decode(packed["data"]), kinds[packed["dtype"]]).reshape(packed["shape"])


def test_maps_agree_with_torch_on_the_same_weights(js, alexnet, widget):
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
    widget = FilterExplorer(alexnet.features[0], unit=9)
    widget.change = change
    kernel = alexnet.features[0].weight.detach()[9]
    assert np.allclose(js("changed", kernel.flatten().tolist(), 11, change), widget.kernel.flatten())
    assert torch.equal(kernel, alexnet.features[0].weight.detach()[9])


def test_copied_pytorch_gives_the_map(js, alexnet):
    widget = FilterExplorer(alexnet.features[0], unit=9)
    widget.change, widget.image = ["turn", "2"], 1
    code = js("torchCode", {"unit": 9, "change": ["turn", "2"]}, widget.menus["texts"])
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


def picture(uri):
    return np.array(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))))


def test_deeper_layers_hold_the_maps_and_patches_that_the_network_makes(alexnet, widget):
    from course_utils.pretrained import standardize

    assert [layer["name"] for layer in widget.layers] == ["conv2", "conv3", "conv4", "conv5"]
    images = large_photographs()
    layer = widget.layers[1]
    with torch.no_grad():
        maps = alexnet.features[: layer["depth"]](standardize(images))[:, layer["units"]]
    height, width = layer["map"]
    assert maps.shape[1:] == (48, height, width) and (maps >= 0).all()
    for image in (0, 2):
        sheet, seen = picture(layer["maps"][image])[..., 3], to_bytes(maps)[image]
        for i in (0, 9, 47):
            y, x = i // 8 * height, i % 8 * width
            assert np.array_equal(sheet[y : y + height, x : x + width], seen[i])
    patches = picture(layer["patches"])
    assert patches.shape == (48 * 28, 8 * 28, 3) and patches.std() > 20
    field = receptive_field(alexnet.features, layer["depth"] - 1)
    assert layer["field"] == list(field)
    assert all(top > 10 * mean for top, mean in zip(layer["top"], layer["mean"], strict=True))


def test_the_map_of_a_deeper_unit_comes_back_and_its_code_gives_it(js, alexnet):
    own = FilterExplorer(alexnet)
    own.layer, own.unit, own.image = "conv4", own.layers[2]["units"][5], 1
    shown = {"layer": "conv4", "unit": own.unit, "change": []}
    code = js("torchCode", shown, own.menus["texts"], own.layers[2]["depth"])
    names = {"model": alexnet, "image": large_photographs()[1]}
    exec(code, names)
    assert own.feature_map.shape == tuple(own.layers[2]["map"])
    assert torch.allclose(names["feature_map"], own.feature_map, atol=1e-5)


def test_patches_in_a_sheet_are_those_that_excite_a_unit():
    patches = torch.rand(3, 2, 3, 56, 56)
    patches[1, 0] = 1
    sheet = picture(patch_sheet(patches))
    assert sheet.shape == (3 * 28, 2 * 28, 3)
    assert sheet[32:52, 4:24].min() > 240 and sheet[4:24, 4:24].mean() < 160


def test_networks_of_other_shapes_show_their_first_layer_only():
    assert FilterExplorer(nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU())).layers == []
    assert FilterExplorer(nn.Conv2d(3, 4, 3)).layers == []
    branched = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Conv2d(4, 4, 3))
    assert FilterExplorer(branched).layers == []


def test_orders_hold_every_filter_once(widget):
    for order in widget.menus["orders"].values():
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


def test_sizes_stay_within_the_budget(widget):
    from course_utils.widgets._base import compress

    assert module_size(widget) < 30 * 1024
    sheets = [sheet for layer in widget.layers for sheet in (layer["patches"], *layer["maps"])]
    first_view = len(json.dumps(widget.state())) - sum(map(len, sheets))
    assert first_view <= 110 * 1024, (
        "what a page holds; the sheets of deeper layers are files, read when chosen"
    )
    assert max(map(len, sheets)) <= 120 * 1024
    assert len(compress(widget.picture())[0]) <= 60 * 1024
    assert "stand-in" in repr(widget) and "0x" not in repr(widget)
