"""Detector1D's JavaScript computes what PyTorch computes, and counts as its Python does."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.widgets import Detector1D
from course_utils.widgets._base import compress
from course_utils.widgets._detector_model import count_detections, draw_signal, find_pattern, noisy
from course_utils.widgets._detector_texts import TEXTS
from widget_host import engine, module_size

torch.set_num_threads(1)
SIGNALS = [draw_signal(seed) for seed in range(6)]  # those offered by default


@pytest.fixture(scope="module")
def js():
    return engine("random.js", "svg.js", "fields.js", "player.js", "detector.js")


def state(rng, **values):
    kernel = rng.normal(size=rng.choice([3, 5, 7, 9])).tolist()
    chosen = {"signal": draw_signal(3), "number": 3, "weights": kernel, "bias": 0.2, "padding": "same"}
    return chosen | {"relu": True, "threshold": 0.5, "noise": 0.1, "position": 0, "task": ""} | values


def test_convolution_agrees_with_torch(js):
    rng, worst = np.random.default_rng(0), 0.0
    for _ in range(200):
        x, w = rng.normal(size=rng.integers(9, 129)), rng.normal(size=rng.choice([3, 5, 7, 9]))
        stride, padding = int(rng.integers(1, 4)), int(rng.choice([0, len(w) // 2]))
        out = js("conv1d", x.tolist(), w.tolist(), {"stride": stride, "padding": padding, "bias": 0.5})
        tensors = [torch.tensor(v)[None, None] for v in (x, w)]
        expected = F.conv1d(*tensors, torch.tensor([0.5]).double(), stride, padding).flatten()
        assert len(out) == len(expected)
        worst = max(worst, np.abs(np.array(out) - expected.numpy()).max())
    assert worst <= 1e-6


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_twenty_gradient_steps_agree_with_autograd(js, padding):
    rng = np.random.default_rng(1)
    s = state(rng, padding=padding)
    x, truth = js("noisy", s["signal"], s["noise"], s["number"]), js("truths", s["signal"], [0, 1, 0])
    layer = torch.nn.Conv1d(1, 1, len(s["weights"]), padding=padding).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(s["weights"], dtype=torch.float64)[None, None])
        layer.bias.fill_(s["bias"])
    target = torch.zeros(len(x)).double()
    target[truth] = 1
    edge = 0 if padding == "same" else len(s["weights"]) // 2
    optimizer = torch.optim.SGD(layer.parameters(), lr=3)
    for _ in range(20):
        logits = layer(torch.tensor(x, dtype=torch.float64)[None, None]).flatten()
        loss = F.binary_cross_entropy_with_logits(logits, target[edge : len(x) - edge])
        step = js("bce", x, s, truth, 3)
        assert abs(step["loss"] - loss.item()) <= 1e-12
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        s |= {"weights": step["weights"], "bias": step["bias"]}
    ours = np.array([*s["weights"], s["bias"]])
    theirs = torch.cat([layer.weight.flatten(), layer.bias]).detach().numpy()
    assert np.abs(ours - theirs).max() <= 1e-12


def test_signals_noise_and_places_are_pythons(js):
    for seed in range(20):
        signal = draw_signal(seed, 40 + seed)
        assert js("drawSignal", seed, 40 + seed) == signal
        assert js("truths", signal, [0, 1, 0]) == find_pattern(signal, [0, 1, 0])
        assert np.allclose(js("noisy", signal, 0.3, seed), noisy(signal, 0.3, seed), atol=1e-12)
    js.eval("const draws = seed => { const d = mulberry(seed); return Array.from({length: 1000}, d); };")
    from course_utils.widgets._random import mulberry

    draw = mulberry(7)
    assert js("draws", 7) == [draw() for _ in range(1000)]


def test_counting_agrees_with_python_and_with_cases_worked_out_by_hand(js):
    rng = np.random.default_rng(2)
    for _ in range(200):
        out, truth = rng.normal(size=40).round(1).tolist(), sorted(rng.choice(44, 4, replace=False).tolist())
        assert js("count", out, truth, 0.5, 2) == count_detections(out, truth, 0.5, offset=2)
    found = count_detections([0, 1, 0, 0, 0.6, 0.9, 0, 2], [2, 4, 9], 0.5)
    assert (found["peaks"], found["hits"], found["misses"], found["alarms"]) == ([1, 5, 7], [2, 4], [9], [7])
    assert found["precision"] == pytest.approx(2 / 3) and found["recall"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_python_shows_what_javascript_shows(js, padding):
    widget = Detector1D(kernel=[-0.3, 0.2, 1, -0.5, 0.1], bias=-0.1, noise=0.2, padding=padding)
    shown = js("run", widget.state(), [0, 1, 0])
    assert np.allclose(shown["out"], widget.output, atol=1e-12)
    assert np.allclose(shown["raw"], widget.output_before, atol=1e-12)
    assert {k: shown[k] for k in widget.count()} == widget.count()
    layer = widget.to_conv1d()
    expected = torch.relu(layer(torch.tensor(widget.shown_signal).float()[None, None])).flatten().detach()
    assert np.allclose(widget.output, expected, atol=1e-5)


def test_copied_pytorch_gives_what_is_shown(js):
    for padding, relu in (("same", True), ("valid", False)):
        s, names = state(np.random.default_rng(3), padding=padding, relu=relu), {}
        exec(js("torchCode", s, TEXTS), names)
        assert np.allclose(names["y"].flatten(), js("run", s, [0, 1, 0])["out"], atol=1e-5)


def done(widget, js, **change):
    s = widget.state() | change
    done, words = js("checkTask", s, s["pattern"], SIGNALS)[:2]
    assert words in TEXTS
    return done


def test_tasks_accept_detectors_that_work_and_nothing_else(js):
    passing = Detector1D()
    matched = Detector1D(kernel=[0, -0.5, 1, -0.5, 0], threshold=0.75)
    assert not done(passing, js) and not done(Detector1D(kernel=[0] * 5), js)
    assert done(matched, js) and done(matched, js, task="all")
    assert not done(matched, js, threshold=1.5), "misses everything"
    assert not done(matched, js, threshold=0.3), "rings at neighbours"
    assert not done(matched, js, task="bias")
    assert done(matched, js, task="bias", threshold=0, bias=-0.75)
    assert not done(matched, js, task="bias", threshold=0, bias=-0.75, relu=False)
    assert not done(matched, js, weights=[1, -0.5, 0, 0, 0, 0, 0]), "shifted by three"
    assert not done(matched, js, signal=[0.0] * 64), "nothing to find"


def test_training_on_one_signal_solves_it(js):
    widget = Detector1D()
    s = widget.state()
    x, truth = js("noisy", s["signal"], 0, 0), find_pattern(s["signal"], [0, 1, 0])
    for _ in range(20):
        s |= {k: v for k, v in js("bce", x, s, truth, 3).items() if k != "loss"}
    assert js("checkTask", s | {"threshold": 0}, s["pattern"], SIGNALS)[0]


def test_links_restore_a_state_and_name_what_does_not_fit(js):
    widget = Detector1D()
    js.eval("const link = (values, tasks) => fromLink(values, linkRules(tasks));")
    good = {
        "weights": "0,-0.5,1",
        "bias": "-0.75",
        "threshold": "0",
        "relu": "0",
        "padding": "valid",
        "number": "2",
    }
    new, words = js("link", good, widget.menus["task"])
    assert words == "Shown as in the link." and new["weights"] == [0, -0.5, 1] and new["relu"] is False
    assert js("withSignal", new, SIGNALS, 64)["signal"] == SIGNALS[2]
    drawn = js("withSignal", {"number": 101}, SIGNALS, 40)["signal"]
    assert drawn == draw_signal(101, 40)
    assert js("withSignal", {"number": 1, "signal": [1]}, SIGNALS, 40)["signal"] == [1]
    bad = {
        "weights": "1,x,2",
        "bias": "99",
        "relu": "maybe",
        "padding": "7",
        "noise": "",
        "task": "y",
        "signal": "1,2",
        "constructor": "1",
    }
    kept, words = js("link", bad, widget.menus["task"])
    assert kept == {}
    assert all(key in words for key in bad)


def test_learned_kernels_are_offered_exactly():
    layer = torch.nn.Conv1d(1, 4, 5, padding=2)
    widget = Detector1D(learned=layer)
    offered = [v["weights"] for v in widget.menus["weights"].values()]
    assert torch.equal(torch.tensor(offered), layer.weight[:, 0].detach())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kernel": [1, 2]}, "kernel"),
        ({"kernel": [float("nan")] * 3}, "kernel"),
        ({"kernel": [1e6, 0, 0]}, "99"),
        ({"signals": torch.zeros(2, 8)}, "signals"),
        ({"signals": torch.zeros(0, 64)}, "signals"),
        ({"bias": "high"}, "bias"),
        ({"noise": -1}, "noise"),
        ({"padding": "full"}, "padding"),
        ({"learned": torch.nn.Conv1d(2, 3, 5)}, "learned"),
        ({"task": "win"}, "task"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Detector1D(**arguments)


def test_sizes_stay_within_the_budget():
    widget = Detector1D(learned=torch.nn.Conv1d(1, 4, 7))
    assert module_size(widget) < 30 * 1024
    assert len(json.dumps(widget.state(), separators=(",", ":"))) < 3 * 1024
    assert len(compress(widget.picture())[0]) <= 20 * 1024
    assert "0x" not in repr(widget)
