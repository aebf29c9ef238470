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

from course_utils.data import photo
from course_utils.patches import receptive_field, strongest_patches
from course_utils.pretrained import load_alexnet, standardize
from course_utils.widgets import FilterExplorer
from course_utils.widgets._filters_layers import COLLECTION, collection, large_photographs, strongest_places
from course_utils.widgets._filters_sheets import patch_sheet, to_bytes
from widget_host import engine, module_size

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def js():
    return engine("tensor.js", "ops.js", "picture.js", "filters.js")


@pytest.fixture(scope="module")
def alexnet():
    return load_alexnet("standin")


@pytest.fixture(scope="module")
def widget(alexnet):
    return FilterExplorer(alexnet)


def unpack(packed):
    kinds = {"i8": np.int8, "f32": "<f4", "u8": np.uint8}
    return np.frombuffer(base64.b64decode(packed["data"]), kinds[packed["dtype"]]).reshape(packed["shape"])


def picture(uri):
    return np.array(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))))


def pictured(uri):
    """Return a photograph as the page decodes it: uint8 (C, H, W)."""
    return np.ascontiguousarray(picture(uri).transpose(2, 0, 1))


def test_photographs_travel_without_loss(widget):
    assert widget.images["shape"] == [3, 3, 128, 128]
    for uri, name in zip(widget.images["files"], ("chelsea", "coffee", "astronaut"), strict=True):
        assert uri.startswith("data:application/octet-stream"), (
            "declared as bytes: the site makes scripts of them"
        )
        assert np.array_equal(pictured(uri), np.rint(photo(name, 128).numpy() * 255))


def test_maps_agree_with_torch_on_the_same_weights(js, alexnet, widget):
    whole, scales, biases = (unpack(p) for p in (widget.filters, widget.scales, widget.biases))
    pixels = pictured(widget.images["files"][0])
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
    names = {"model": alexnet, "image": torch.tensor(pictured(widget.images["files"][1])) / 255}
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


def test_deeper_layers_hold_the_maps_and_patches_that_the_network_makes(alexnet, widget):
    assert [layer["name"] for layer in widget.layers] == ["conv2", "conv3", "conv4", "conv5"]
    images = large_photographs()
    layer, sheets = widget.layers[1], widget.state()["sheets"]["conv3"]
    with torch.no_grad():
        maps = alexnet.features[: layer["depth"]](standardize(images))
    height, width = layer["map"]
    assert maps.shape[1:] == (384, height, width) and layer["count"] == len(layer["top"]) == 384
    for image in (0, 2):
        sheet, seen = picture(sheets["maps"][image])[..., 3], to_bytes(maps)[image]
        for i in (0, 17, 383):
            y, x = i // 16 * height, i % 16 * width
            assert np.array_equal(sheet[y : y + height, x : x + width], seen[i])
    faces, patches = picture(sheets["faces"]), [picture(sheet) for sheet in sheets["patches"]]
    assert faces.shape == (24 * 28, 16 * 28, 3) and len(patches) == 6
    assert all(sheet.shape == (64 * 28, 9 * 28, 3) and sheet.std() > 20 for sheet in patches)
    face, best = faces[28:56, 28:56].astype(float), patches[0][17 * 28 : 18 * 28, :28].astype(float)
    assert np.abs(face - best).mean() < 12, "unit 17: the same patch in both, each compressed in its sheet"
    assert layer["field"] == list(receptive_field(alexnet.features, layer["depth"] - 1))


def test_the_strongest_places_are_those_of_the_lecture_s_function(alexnet, widget):
    layer = widget.layers[3]
    features, photos = alexnet.features[: layer["depth"]], collection()
    with torch.no_grad():
        maps = features(standardize(photos))
    field = receptive_field(features, len(features) - 1)
    places = strongest_places(maps, field, COLLECTION)
    _, values = strongest_patches(features, photos, len(features) - 1, [3, 200], n=2, prepare=standardize)
    for unit, expected in zip((3, 200), values, strict=True):
        k, i, j = places[unit].T
        assert torch.equal(maps[k, unit, i, j][:2], expected)
        assert (maps[k, unit, i, j].diff() <= 0).all() and k.bincount().max() <= 3
        corners = torch.stack([i, j]) * field.stride + field.first
        assert corners.min() >= 0 and corners.max() + field.size <= COLLECTION


def test_a_notebook_gets_the_sheets_of_a_layer_when_it_is_chosen(alexnet):
    own = FilterExplorer(alexnet)
    assert own.get_state("sheets") == {"sheets": {}}
    own.layer = "conv5"
    assert list(own.get_state("sheets")["sheets"]) == ["conv5"]
    assert len(own.sheets["conv5"]["patches"]) == 4


def test_the_map_of_a_deeper_unit_comes_back_and_its_code_gives_it(js, alexnet):
    own = FilterExplorer(alexnet)
    own.layer, own.unit, own.image = "conv4", 201, 1
    shown = {"layer": "conv4", "unit": own.unit, "change": []}
    code = js("torchCode", shown, own.menus["texts"], own.layers[2]["depth"])
    names = {"model": alexnet, "image": large_photographs()[1]}
    exec(code, names)
    assert own.feature_map.shape == tuple(own.layers[2]["map"])
    assert torch.allclose(names["feature_map"], own.feature_map, atol=1e-5)


def test_tiles_of_a_sheet_lie_in_rows():
    patches = np.random.default_rng(0).integers(0, 200, (5, 28, 28, 3), np.uint8)
    patches[2] = 255
    sheet = picture(patch_sheet(patches, 2))
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
        (lambda: nn.Conv2d(1, 2, 3), {"images": [torch.ones(1, 500, 500)]}, "200,000"),
    ],
)
def test_wrong_arguments_are_named(make, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        FilterExplorer(make(), **options)


def test_sizes_stay_within_the_budget(widget):
    from course_utils.widgets._base import compress

    assert module_size(widget) < 30 * 1024
    state = widget.state()
    sheets = [sheet for s in state["sheets"].values() for sheet in (s["faces"], *s["patches"], *s["maps"])]
    first_view = len(json.dumps(state)) - sum(map(len, sheets))
    first_view -= sum(map(len, widget.images["files"][1:]))  # come after the one that is shown
    assert first_view <= 110 * 1024, (
        "what is read before a map shows; sheets of deeper layers are files, read when chosen"
    )
    assert max(map(len, sheets)) <= 120 * 1024
    assert len(compress(widget.picture())[0]) <= 60 * 1024
    assert "stand-in" in repr(widget) and "0x" not in repr(widget)
