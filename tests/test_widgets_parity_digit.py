"""DigitLab's JavaScript computes what PyTorch computes, from strokes to logits, and refuses what it cannot draw."""

import base64
import contextlib
import io
import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.widgets import DigitLab, _digit_raster
from course_utils.widgets._digit_model import check_model, forward
from course_utils.widgets._digit_samples import test_digits as sample_digits
from course_utils.widgets._values import pack_sparse
from widget_host import engine, module_size

torch.set_num_threads(1)
SEVEN = [[6.0, 5.0, 20.0, 5.5, 14.0, 24.0], [10.0, 14.0, 19.0, 14.0]]


def small_cnn():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Dropout(0.5), nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip


MODELS = {
    "cnn": small_cnn,
    "padded": lambda: nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)),
        nn.Conv2d(4, 6, 4, stride=2, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(216, 10),
    ),
    "logistic": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
    "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10)),
}  # fmt: skip


@pytest.fixture(scope="module")
def js():
    run = engine("svg.js", "tensor.js", "ops.js", "picture.js", "digit.js")
    run.eval("""
    const load = arch => { globalThis.net = arch.map(unpack); };
    const layersOut = (x, removed) => run(net, Float64Array.from(x), removed).map(v => v.data);
    const unzipped = data => unzip(bytes(data));
    const count = (data, labels) => {  // how many digits are read rightly
      const pixels = bytes(data), digit = i => Float64Array.from(pixels.subarray(784 * i, 784 * i + 784), v => v / 255);
      return labels.filter((label, i) => ranking(run(net, digit(i), []).at(-1).data)[0] === label).length;
    };
    """)
    return run


def widget_of(name, **options):
    return DigitLab(MODELS[name](), mistakes=(torch.zeros(1, 1, 28, 28), [0]), **options)


def random_strokes(rng):
    return [
        np.round(rng.uniform(0, 28, 2 * rng.integers(1, 7)), 1).tolist() for _ in range(rng.integers(1, 4))
    ]


def test_rasteriser_is_exactly_the_same(js):
    rng = np.random.default_rng(0)
    for i in range(24):
        strokes, raw = random_strokes(rng), bool(i % 4 == 3)
        radius = [1.25, 0.75, 2.0][i % 3]
        assert (
            js("raster", strokes, radius, raw)
            == _digit_raster.rasterise(strokes, radius=radius, raw=raw).ravel().tolist()
        )
    assert js("raster", [], 1.25, False) == [0] * 784


def test_drawings_are_enlarged_and_centred():
    corner = [[v * 0.25 + 1 for v in stroke] for stroke in SEVEN]
    image = _digit_raster.rasterise(corner).astype(float)
    assert np.abs(image - _digit_raster.rasterise(SEVEN)).max() <= 64
    rows, columns = np.nonzero(image.sum(1))[0], np.nonzero(image.sum(0))[0]
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    middle = [(image.sum(k) * np.arange(28)).sum() / image.sum() + 0.5 for k in (0, 1)]
    assert np.abs(np.array(middle) - 14).max() < 0.2
    assert _digit_raster.rasterise(corner, raw=True)[:, 10:].sum() == 0


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_agrees_with_torch(js, name):
    widget = widget_of(name, mean=0.13, std=0.31)
    js("load", widget.arch)
    digits, _ = sample_digits()
    images = torch.cat(
        [torch.tensor(digits[::2][:8]).float() / 255, torch.zeros(1, 28, 28), torch.ones(1, 28, 28)]
    )
    worst = 0.0
    for image in (images - 0.13) / 0.31:
        expected = forward(widget._layers, image[None, None])
        ours = js("layersOut", image.flatten().tolist(), [])
        assert len(ours) == len(expected)
        worst = max(
            [
                worst,
                *(
                    np.abs(np.array(a) - b.flatten().numpy()).max()
                    for a, b in zip(ours, expected, strict=True)
                ),
            ]
        )
        assert np.argmax(ours[-1]) == expected[-1].argmax()
    assert worst <= 1e-4


def test_as_many_digits_are_read_rightly_as_by_torch(js):
    from course_utils.data import mnist_tensors

    widget = widget_of("cnn")
    js("load", widget.arch)
    images, labels = mnist_tensors(train=False, n=2000)
    data = base64.b64encode((images * 255).round().byte().numpy().tobytes()).decode()
    right = (forward(widget._layers, images)[-1].argmax(1) == labels).sum().item()
    assert js("count", data, labels.tolist()) == right


@pytest.mark.parametrize("seed", [0, 1])
def test_digits_travel_without_their_zeros(js, seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (3, 28, 28), np.uint8) * (rng.random((3, 28, 28)) < 0.1 * seed + 0.01)
    packed = pack_sparse(images.astype(np.uint8))
    assert js("unzipped", base64.b64encode(packed).decode()) == images.ravel().tolist()
    assert len(packed) < images.size / 2


def test_removed_channels_are_zero_in_both(js):
    widget = widget_of("cnn")
    js("load", widget.arch)
    widget.removed = [[0, 2], [3, 5], [0, 1]]
    ours = js("layersOut", widget.image.flatten().tolist(), widget.removed)
    for a, b in zip(ours, widget.activations, strict=True):
        assert np.abs(np.array(a) - b.flatten().numpy()).max() <= 1e-4
    assert (widget.activations[0][0, [1, 2]] == 0).all() and widget.activations[0].any()


def test_large_models_travel_in_8_bits(js):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 40), nn.ReLU(), nn.Linear(40, 10))
    widget = DigitLab(model, mistakes=(torch.zeros(1, 1, 28, 28), [0]))
    assert widget.arch[1]["weight"]["dtype"] == "i8"
    js("load", widget.arch)
    ours = np.array(js("layersOut", widget.image.flatten().tolist(), [])[-1])
    assert np.abs(ours - widget.logits[0].numpy()).max() < 0.02
    assert len(json.dumps(widget.state())) < 140 * 1024


def test_receptive_field_is_what_changes_the_output(js):
    widget = widget_of("padded")
    js("load", widget.arch)
    conv = 3
    x = torch.zeros(1, 1, 28, 28, requires_grad=True)
    with torch.enable_grad():
        out = x
        for layer in widget._layers[: conv + 1]:
            out = (
                nn.functional.avg_pool2d(out, 3, 2, 1)
                if isinstance(layer, nn.MaxPool2d)
                else layer(out)
                if isinstance(layer, nn.Conv2d)
                else out
            )
        out[0, 0, 2, 3].backward()
    rows, columns = x.grad[0, 0].nonzero().T
    first, stride, size = widget.arch[conv]["sees"]
    corners = [first + 2 * stride, first + 3 * stride]
    assert [rows.min(), columns.min()] == corners
    assert [rows.max(), columns.max()] == [corner + size - 1 for corner in corners]


def test_shift_and_turn(js):
    pixels = np.zeros((28, 28), int)
    pixels[5:9, 10:20] = 200
    flat = pixels.ravel().tolist()
    assert js("moved", flat, 3, -2, 0) == np.roll(pixels, (-2, 3), (0, 1)).ravel().tolist()
    assert np.array_equal(np.array(js("moved", flat, 0, 0, 90)).reshape(28, 28), np.rot90(pixels, -1))


@pytest.mark.parametrize("name", ["cnn", "padded"])
def test_copied_pytorch_gives_what_is_shown(js, name):
    widget = widget_of(name, mean=0.1, std=0.5)
    removed = [[0, 1], [0, 2], [1, 3]]
    code = js("torchCode", {"removed": removed}, widget.pixels, widget.menus["texts"])
    model = MODELS[name]()
    model.load_state_dict(
        dict(
            zip(
                model.state_dict(),
                [p for layer in widget._layers for p in layer.state_dict().values()],
                strict=True,
            )
        )
    )
    names, printed = {"model": model}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    widget.removed = removed
    assert torch.allclose(names["x"], widget.logits, atol=1e-6)
    assert "tensor" in printed.getvalue()


def test_the_digit_compared_with_comes_back_and_is_in_the_copied_code(js):
    widget = widget_of("cnn", compare=5)
    digits, labels = sample_digits()
    assert np.array_equal((widget.compared * 255).round().numpy()[0, 0], digits[5]) and widget.compare == 5
    code = js(
        "torchCode", {"removed": [[0, 1]]}, widget.pixels + digits[5].ravel().tolist(), widget.menus["texts"]
    )
    names = {"model": nn.Sequential(*widget._layers)}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, names)
    widget.removed = [[0, 1]]
    assert torch.allclose(names["x"][0], widget.logits[0], atol=1e-6)
    assert torch.allclose(
        names["x"][1:], forward(widget._layers, widget.compared, widget.removed)[-1], atol=1e-6
    )
    assert widget_of("cnn").compared is None
    assert widget.menus["compare"][6] == (5, f"{labels[5]}, another")


def check(js, task, label=7, best=7, other=7, **changes):
    state = {
        "task": task,
        "strokes": [],
        "sample": 3,
        "right": 0,
        "down": 0,
        "turn": 0,
        "removed": [],
        "raw": False,
    }
    done, words = js("checkTask", state | changes, label, best, other)[:2]
    assert words in widget_texts()
    return done


def widget_texts():
    from course_utils.widgets._digit_texts import TEXTS

    return TEXTS


def test_tasks_accept_what_fits_and_nothing_else(js):
    assert check(js, "raw", sample=-1, strokes=SEVEN, other=4)
    assert not check(js, "raw", sample=-1, strokes=SEVEN) and not check(js, "raw", other=4)
    assert check(js, "shift", right=4, best=3)
    assert (
        not check(js, "shift", right=5, best=3)
        and not check(js, "shift", right=4)
        and not check(js, "shift", best=3, sample=-1)
    )
    assert not check(js, "shift", best=3, removed=[[0, 1]])
    assert check(js, "filters", removed=[[0, 1]], best=2)
    assert not check(js, "filters", removed=[[0, i] for i in range(4)], best=2) and not check(
        js, "filters", best=2
    )


def test_a_link_to_half_a_place_is_completed_and_to_no_place_refused(js):
    js.eval("const outs = [{shape: [8, 24, 24]}, {shape: [10, 1, 1]}];")
    js.eval("const linked = values => fromLink(values, linkRules({rules: {}}, outs))[0];")
    for text, place in {"0.7.1.2": [0, 7, 1, 2], "0.7": [0, 7, 0, 0], "1.9": [1, 9, 0, 0]}.items():
        assert js("linked", {"selected": text}) == {"selected": place}
    for text in ("0", "0.8", "0.7.24", "2.0", "-1", "NaN", "0.1.2.3.4"):
        assert js("linked", {"selected": text}) == js("linked", {"removed": text}) == {}


def test_drawings_and_activations_come_back():
    widget = widget_of("cnn")
    widget.draw(SEVEN)
    assert torch.equal(widget.image[0, 0], torch.tensor(_digit_raster.rasterise(SEVEN)).float() / 255)
    assert len(widget.activations) == 9 and widget.logits.shape == (1, 10)
    assert "0x" not in repr(widget)


def test_mistakes_are_found_and_shown_with_their_labels():
    torch.manual_seed(0)
    widget = DigitLab(MODELS["logistic"]())
    assert len(widget.labels) == 36
    assert sum("read wrongly" in name for _, name in widget.menus["sample"]) == 16


def poisoned():
    model = MODELS["mlp"]()
    model[1].weight.data[0, 0] = math.nan
    return model


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.Linear(784, 10), "nn.Sequential of .* not Linear"),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Sigmoid()), "Sigmoid"),
        (
            lambda: nn.Sequential(nn.Sequential(nn.BatchNorm2d(1)), nn.Flatten(), nn.Linear(784, 10)),
            "BatchNorm2d",
        ),
        (
            lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 12_000), nn.ReLU(), nn.Linear(12_000, 10)),
            "120,000",
        ),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 7)), "ten logits"),
        (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(2704, 10)), "one image"),
        (
            lambda: nn.Sequential(nn.Conv2d(1, 2, (3, 5)), nn.Flatten(), nn.Linear(2 * 26 * 24, 10)),
            "square Conv2d",
        ),
        (
            lambda: nn.Sequential(nn.Conv2d(1, 2, 3, dilation=2), nn.Flatten(), nn.Linear(2 * 24 * 24, 10)),
            "dilation",
        ),
        (
            lambda: nn.Sequential(nn.MaxPool2d(3, ceil_mode=True), nn.Flatten(), nn.Linear(100, 10)),
            "ceil_mode",
        ),
        (poisoned, "1.weight holds NaN"),
        (lambda: "model", "not str"),
    ],
)
def test_models_that_cannot_be_drawn_are_refused_by_name(make, words):
    with pytest.raises((TypeError, ValueError), match=words):
        DigitLab(make(), mistakes=(torch.zeros(1, 1, 28, 28), [0]))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"std": 0}, "std"), ({"mean": math.nan}, "mean"), ({"sample": 40}, "sample"), ({"compare": 20}, "compare"),
        ({"task": "win"}, "task"),
        ({"mistakes": (torch.zeros(2, 8, 8), [0, 1])}, "mistakes"),
        ({"mistakes": (torch.zeros(2, 28, 28), [0])}, "labels"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        DigitLab(MODELS["logistic"](), **{"mistakes": (torch.zeros(1, 1, 28, 28), [0]), **options})


def test_sizes_stay_within_the_budget():
    from course_utils.widgets._base import compress

    widget = DigitLab(small_cnn())  # untrained: there are 16 digits to send that it reads wrongly
    assert check_model(small_cnn())
    assert module_size(widget) < 30 * 1024
    assert len(json.dumps(widget.state())) <= 70 * 1024
    assert len(compress(widget.picture())[0]) <= 40 * 1024
