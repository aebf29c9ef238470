"""ConvExplorer's JavaScript computes what PyTorch computes, and what comes back to Python is what was made."""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.widgets import ConvExplorer
from course_utils.widgets._conv_texts import TEXTS
from widget_host import engine, module_size

OPERATIONS = ("conv", "max", "avg")
torch.set_num_threads(1)


@pytest.fixture(scope="module")
def js():
    return engine("random.js", "fields.js", "player.js", "ops.js", "conv.js")


def torch_layer(operation, x, kernel, bias, *, stride, padding, dilation):
    """Return the output of the layer, or None where torch refuses."""
    size = kernel.shape[-1]
    try:
        if operation == "conv":
            return F.conv2d(x, kernel, bias, stride, padding, dilation)
        if operation == "max":
            return F.max_pool2d(x, size, stride, padding, dilation)
        return F.avg_pool2d(x, size, stride, padding)
    except RuntimeError:
        return None


def state(image, kernel, operation="conv", bias=0.0, **geometry):
    return {
        "height": image.shape[0],
        "width": image.shape[1],
        "pixels": image.flatten().tolist(),
        "weights": kernel.flatten().tolist(),
        "operation": operation,
        "bias": bias,
        **{"stride": 1, "padding": 0, "dilation": 1, **geometry},
    }


def random_case(rng):
    size = int(rng.integers(1, 8))
    image = torch.tensor(rng.integers(0, 256, rng.integers(1, 29, 2)))
    kernel = torch.tensor(rng.normal(size=(size, size)), dtype=torch.float32)
    geometry = {"stride": 5, "padding": 5, "dilation": 4}
    chosen = {k: int(rng.integers(0 if k == "padding" else 1, high)) for k, high in geometry.items()}
    return image, kernel, float(np.float32(rng.normal())), chosen


def test_output_size_is_torchs_for_every_geometry(js):
    cases = list(itertools.product(range(1, 13), range(1, 8), range(1, 5), range(5), range(1, 4)))
    expected = []
    for n, k, s, p, d in cases:
        out = torch_layer(
            "conv", torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k), None, stride=s, padding=p, dilation=d
        )
        expected.append(0 if out is None else out.shape[-1])
    js.eval("const sizes = cases => cases.map(c => outSize(...c));")
    assert len(cases) == 5040
    assert js("sizes", cases) == expected


@pytest.mark.parametrize("operation", OPERATIONS)
def test_layer_agrees_with_torch_on_random_cases(js, operation):
    rng, refused, worst = np.random.default_rng(OPERATIONS.index(operation)), 0, 0.0
    for _ in range(200):
        image, kernel, bias, geometry = random_case(rng)
        x = image[None, None].float() / 255
        expected = torch_layer(operation, x, kernel[None, None], torch.tensor([bias]), **geometry)
        out = js("layer", state(image, kernel, operation, bias, **geometry))
        if expected is None:
            refused += 1
            assert out["oh"] == 0 and out["problem"]
            continue
        assert (out["oh"], out["ow"]) == tuple(expected.shape[2:])
        ours, theirs = np.array(out["data"]), expected.flatten().numpy()
        finite = np.isfinite(theirs)
        assert (ours[~finite] == theirs[~finite]).all()
        worst = max(worst, np.abs(ours[finite] - theirs[finite]).max(initial=0))
    assert worst <= 1e-5
    assert 5 < refused < 195


def test_convolution_of_many_channels_agrees_with_torch(js):
    rng = np.random.default_rng(3)
    x, w, b = (torch.tensor(rng.normal(size=s)) for s in ((3, 9, 7), (4, 3, 3, 2), (4,)))
    options = {"stride": 2, "padding": 1, "dilation": 2}
    lists = [v.flatten().tolist() for v in (x, w, b)]
    out = js("conv2d", lists[0], [3, 9, 7], lists[1], [4, 3, 2], options | {"bias": lists[2]})
    expected = F.conv2d(x[None], w, b, **options)[0]
    assert out["shape"] == list(expected.shape)
    assert np.abs(np.array(out["data"]) - expected.flatten().numpy()).max() <= 1e-12


@pytest.mark.parametrize("operation", OPERATIONS)
def test_copied_pytorch_gives_what_is_shown(js, operation, capsys):
    rng = np.random.default_rng(5)
    shown = state(torch.tensor(rng.integers(0, 256, (6, 9))), torch.tensor(rng.normal(size=(3, 3))), operation,
                  bias=0.5, stride=2, padding=1, dilation=2 if operation == "conv" else 1)  # fmt: skip
    names = {}
    exec(js("torchCode", shown, TEXTS), names)
    out = js("layer", shown)
    assert names["y"].shape[2:] == (out["oh"], out["ow"])
    assert np.allclose(names["y"].flatten().numpy(), out["data"], atol=1e-5)


def test_the_sum_in_words_adds_up(js):
    shown = state(torch.tensor([[255, 0], [51, 255]]), torch.tensor([[1.0, -2.0], [0.5, 1.0]]), bias=0.25)
    text = js("sumText", shown, 0, 0, js("layer", shown)["data"][0])
    assert text == "output[0, 0] = 1·1 + 0·(−2) + 0.2·0.5 + 1·1 + bias 0.25 = 2.35"


def task(js, name, **values):
    image = torch.zeros(values.pop("n", 8), 8)
    kernel = torch.tensor(values.pop("kernel", [[0.0]]))
    done, words = js("checkTask", state(image, kernel, **values) | {"task": name})
    assert words in TEXTS
    return done


def test_tasks_of_size_accept_what_fits_and_nothing_else(js):
    five, three = [[0.0] * 5] * 5, [[0.0] * 3] * 3
    assert task(js, "size4", kernel=five) and task(js, "size4", kernel=three, stride=2, padding=1)
    assert not task(js, "size4", kernel=three) and not task(js, "size4", n=7, kernel=five)
    assert task(js, "same2", kernel=three, dilation=2, padding=2)
    assert not task(js, "same2", kernel=three, padding=1) and not task(js, "same2", dilation=2)


@pytest.mark.parametrize(
    ("kernel", "right"),
    [
        ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], True),
        ([[-1], [1]], None),
        ([[-0.1, -0.1], [0.1, 0.1]], True),
        ([[-1] * 5, [-1] * 5, [0] * 5, [1] * 5, [1] * 5], True),
        ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], False),  # bottom edges
        ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], False),  # left edges
        ([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]], False),  # diagonal: left edges, too
        ([[0, 0, 0], [0, 0, 0], [1, 1, 1]], False),  # answers to even areas
        ([[0] * 3] * 3, False),
        ([[1]], False),
    ],
)
def test_top_edges_are_told_from_all_others(js, kernel, right):
    if right is not None:
        assert task(js, "top", kernel=[[float(v) for v in row] for row in kernel]) is right


def test_links_restore_a_state_and_name_what_does_not_fit(js):
    js.eval("const rules = linkRules({operation: {conv: 1, max: 1}, task: {'': 1, top: 1}}, {});")
    js.eval("const link = values => fromLink(values, rules);")
    good = {"stride": "2", "padding": "1", "weights": "1,0.5,-1,2", "operation": "max", "input": "1x2-00ff"}
    new, words = js("link", good)
    assert words == "Shown as in the link." and new["weights"] == [1, 0.5, -1, 2] and new["stride"] == 2
    assert new["input"] == {"height": 1, "width": 2, "pixels": [0, 255]}
    bad = {
        "stride": "9",
        "dilation": "1.5",
        "bias": "NaN",
        "weights": "1,2",
        "operation": "x",
        "input": "9x9-00",
    }
    kept, words = js("link", bad)
    assert kept == {}
    assert all(key in words for key in bad)


def test_inputs_of_a_link_are_looked_up_by_their_own_names_only(js):
    js.eval("const named = input => fromLink({input}, linkRules({}, {cat: {height: 1}}))[0];")
    assert js("named", "cat") == {"input": {"height": 1}}
    assert js("named", "constructor") == js("named", "__proto__") == {}


def test_a_kernel_stays_in_the_middle_as_it_grows_and_shrinks(js):
    dot = [0.0] * 4 + [1.0] + [0.0] * 4
    for size in (4, 5, 6, 7):
        dot = js("resized", dot, size)
    assert dot.index(1) == 24 and sum(dot) == 1
    for size in (6, 5, 4, 3, 2, 1):
        dot = js("resized", dot, size)
    assert dot == [1]


def test_layer_of_the_widget_is_what_it_shows(js):
    for operation in OPERATIONS:
        widget = ConvExplorer(
            torch.rand(7, 5), torch.randn(3, 3), stride=2, padding=1, bias=0.5, operation=operation
        )
        out = js(
            "layer",
            state((widget.image * 255).round().int(), widget.kernel, operation, 0.5, stride=2, padding=1),
        )
        assert np.allclose(widget.output.flatten(), out["data"], atol=1e-5)


def test_the_kernel_comes_back_and_can_be_set():
    widget = ConvExplorer()
    widget.kernel = [[0.0, 1.0], [2.0, 3.0]]
    assert torch.equal(widget.to_conv2d().weight, torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]]))
    assert widget.output.shape == (7, 7)
    assert "0x" not in repr(widget)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"image": torch.zeros(40, 8)}, "28"),
        ({"image": torch.full((4, 4), math.nan)}, "NaN"),
        ({"image": torch.ones(4, 4) * 2}, "0 … 1"),
        ({"image": "seven"}, "image"),
        ({"kernel": torch.ones(2, 3)}, "kernel"),
        ({"kernel": torch.ones(8, 8)}, "kernel"),
        ({"kernel": torch.full((3, 3), 1e9)}, "99"),
        ({"stride": 0}, "stride"),
        ({"padding": 1.5}, "padding"),
        ({"operation": "mean"}, "operation"),
        ({"learned": torch.ones(2, 3)}, "learned"),
        ({"task": "win"}, "task"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        ConvExplorer(**arguments)


def test_sizes_stay_within_the_budget():
    import json

    from course_utils.widgets._base import compress

    widget = ConvExplorer(learned=torch.randn(8, 1, 5, 5))
    assert module_size(widget) < 30 * 1024
    assert len(json.dumps(widget.state(), separators=(",", ":"))) <= 14 * 1024
    assert len(compress(widget.picture())[0]) <= 15 * 1024
