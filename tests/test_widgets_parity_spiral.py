"""SpiralLab's JavaScript trains as PyTorch trains, and what comes back to Python is what was made."""

import contextlib
import io
import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.widgets import SpiralLab, _spiral_model
from course_utils.widgets._random import mulberry
from widget_host import engine, module_size

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def js():
    run = engine("random.js", "tensor.js", "player.js", "spiral.js")
    run.eval("""
    const start = (sizes, act, seed, points, s) => {
      Object.assign(globalThis, {run1: newRun({sizes, act}, startParams(sizes, seed)), points1: points, s1: s});
      return run1.p;
    };
    const go = to => {
      let loss;
      while (run1.t < to) loss = trainStep(run1, points1, s1);
      return [loss, ...run1.p];
    };
    const slope = (sizes, act, p, q) => gradient({sizes, act}, Float64Array.from(p), flat(q), labelsOf(q));
    const linked = (values, menus) => fromLink(values, linkRules(menus));
    const cut = (f, n) => contour(f, n).flat();
    const copied = (s, points, widths, steps, texts) => {
      const nets = widths.map((sizes, i) => ({sizes, act: s.activations[i]}));
      const starts = nets.map(net => startParams(net.sizes, s.seed));
      const [train] = split(points, s.holdout), runs = nets.map((net, i) => newRun(net, starts[i]));
      for (let t = 0; t < steps; t++) runs.forEach(run => trainStep(run, train, s));
      const code = torchCode(s, points, starts, nets, steps, texts);
      return [code, runs.map(run => run.p), runs.map(run => score(run, train))];
    };
    """)
    return run


def make_points(n=120, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    xs = rng.normal(size=(n, 2))
    return [[*map(float, x), int(k)] for x, k in zip(xs, rng.integers(0, classes, n), strict=True)]


def tensors(points):
    return torch.tensor([p[:2] for p in points], dtype=torch.float64), torch.tensor([p[2] for p in points])


def test_random_numbers_are_the_same(js):
    draw = mulberry(7)
    assert js("((seed, n) => { const d = mulberry(seed); return range(n).map(() => d()); })", 7, 1000) == [
        draw() for _ in range(1000)
    ]


@pytest.mark.parametrize("data", ["spiral", "moons", "circles"])
def test_points_are_the_same(js, data):
    xs, labels = _spiral_model.draw_points(data, 3, turns=0.8, noise=0.3)
    drawn = np.array(js("drawPoints", {"data": data, "data_seed": 3, "turns": 0.8, "noise": 0.3}))
    assert np.abs(drawn[:, :2] - xs).max() <= 2e-6 and np.median(np.abs(drawn[:, :2] - xs)) <= 1e-6
    assert (drawn[:, 2] == labels).all()


def test_starting_weights_and_batches_are_the_same(js):
    assert js("startParams", [2, 5, 3], 4) == _spiral_model.start_params([2, 5, 3], 4).tolist()
    for step in (0, 1, 7, 8, 30):
        assert js("batchIndices", 117, 16, step, 2) == _spiral_model.batch_indices(117, 16, step, 2).tolist()
    assert sorted(i for step in range(3) for i in js("batchIndices", 40, 16, step, 2)) == list(range(40))


OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}),
}


@pytest.mark.parametrize("batch", [0, 16])
@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.3), ("momentum", 0.1), ("adam", 0.02)])
@pytest.mark.parametrize(
    ("sizes", "act", "classes"), [([2, 2], "relu", 2), ([2, 16, 16, 2], "relu", 2), ([2, 7, 3], "tanh", 3)]
)
def test_training_agrees_with_torch(js, optimizer, lr, batch, sizes, act, classes):
    points = make_points(classes=classes)
    x, y = tensors(points)
    model = _spiral_model.build(
        sizes,
        act,
        js("start", sizes, act, 1, points, {"optimizer": optimizer, "lr": lr, "batch": batch, "seed": 5}),
    )
    kind, options = OPTIMIZERS[optimizer]
    trainer = kind(model.parameters(), lr=lr, **options)
    for step in range(1, 101):
        chosen = torch.from_numpy(_spiral_model.batch_indices(len(y), batch, step - 1, 5))
        loss = nn.functional.cross_entropy(model(x[chosen]), y[chosen])
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        if step in (1, 10, 100):
            ours = np.array(js("go", step))
            theirs = np.array([loss.item(), *nn.utils.parameters_to_vector(model.parameters()).tolist()])
            assert np.abs(ours - theirs).max() <= 1e-10


@pytest.mark.parametrize(("holdout", "sizes"), [(0, [8, 0]), (1, [6, 2])])
def test_points_are_trained_on_unless_held_out(js, holdout, sizes):
    """The trait is a number, 0 or 1: with 0 every point is trained on."""
    points = [[i, -i, i % 2] for i in range(8)]
    trained, tested = js("split", points, holdout)
    assert [len(trained), len(tested)] == sizes
    assert sorted(trained + tested) == sorted(points)


@pytest.mark.parametrize("act", ["relu", "tanh", "none"])
def test_gradient_agrees_with_finite_differences(js, act):
    sizes, points = [2, 4, 3, 2], make_points(20)
    p = _spiral_model.start_params(sizes, 0)
    grad, numeric = np.array(js("slope", sizes, act, p.tolist(), points)["grad"]), []
    for i in range(len(p)):
        steps = [p + sign * 1e-6 * (np.arange(len(p)) == i) for sign in (1, -1)]
        up, down = (js("slope", sizes, act, q.tolist(), points)["loss"] for q in steps)
        numeric.append((up - down) / 2e-6)
    assert np.abs(grad - numeric).max() <= 1e-6 * max(1, np.abs(grad).max())


def state(**changes):
    return {"data": "drawn", "holdout": 1, "optimizer": "adam", "lr": 0.02, "batch": 0, "seed": 2, "task": "",
            "activations": ["relu", "tanh"], **changes}  # fmt: skip


@pytest.mark.parametrize(("optimizer", "batch"), [("adam", 0), ("momentum", 16), ("sgd", 64)])
def test_copied_pytorch_gives_what_is_shown(js, optimizer, batch):
    points, widths = make_points(), [[2, 2], [2, 6, 6, 2]]
    texts = SpiralLab().menus["texts"]
    code, params, scores = js("copied", state(optimizer=optimizer, batch=batch), points, widths, 40, texts)
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    for model, ours in zip(names["models"], params, strict=True):
        assert (
            np.abs(nn.utils.parameters_to_vector(model.parameters()).detach().numpy() - ours).max() <= 1e-10
        )
    assert np.allclose(
        [[float(v) for v in line.split()] for line in printed.getvalue().splitlines()], scores, atol=1e-9
    )


def test_contour_follows_a_straight_line(js):
    n = 12
    f = [float(j - 0.5 * i - 3.3) for i in range(n) for j in range(n)]
    ends = np.array(js("cut", f, n))
    assert len(ends) > 10 and np.abs(ends[:, 0] - 0.5 * ends[:, 1] - 3.3).max() <= 1e-12


def verdict(js, task, **values):
    given = {
        "sizes": [2, 2],
        "act": "relu",
        "step": 200,
        "right": 1.0,
        "data": "circles",
        "broken": False,
        **values,
    }
    nets = [{"sizes": [2, 2], "act": "relu"}, {"sizes": given["sizes"], "act": given["act"]}]
    done, words = js(
        "checkTask",
        state(task=task, data=given["data"]),
        nets,
        given["step"],
        [[0.7, 0.5], [0.1, given["right"]]],
        given["broken"],
    )[:2]
    assert words in SpiralLab().menus["texts"]
    return done


def test_tasks_accept_what_fits_and_nothing_else(js):
    assert verdict(js, "few", sizes=[2, 4, 2])
    assert not verdict(js, "few", sizes=[2, 5, 2]) and not verdict(js, "few", sizes=[2, 4, 2], right=0.9)
    assert not verdict(js, "few", sizes=[2, 4, 2], data="moons")
    assert verdict(js, "line", sizes=[2, 8, 2], act="none")
    assert not verdict(js, "line", sizes=[2, 8, 2], act="relu") and not verdict(
        js, "line", sizes=[2, 8, 2], act="none", step=5
    )
    assert verdict(js, "explode", broken=True) and not verdict(js, "explode")


def test_links_restore_a_state_and_name_what_does_not_fit(js):
    menus = SpiralLab().menus
    numbers = {"lr": 0.02, "step": 300, "turns": 1.25, "noise": 0.5, "batch": 16, "holdout": 0}
    good = {"data": "moons", "task": "", **{key: str(v) for key, v in numbers.items()}}
    lists = {"hidden": "|16-16", "activations": "tanh|none", "points": "0.5,-1,0;1,2,1"}
    new, words = js("linked", good | lists, menus)
    assert words == "Shown as in the link."
    both = {"hidden": ["", "16-16"], "activations": ["tanh", "none"], "points": [[0.5, -1, 0], [1, 2, 1]]}
    assert new == {"data": "moons", "task": "", **numbers, **both}
    bad = {"data": "x", "lr": "0", "hidden": "99|16", "activations": "relu", "step": "1e9", "turns": "NaN"}
    bad |= {"points": "1,2,9", "noise": "0.7", "batch": "3", "holdout": "2", "constructor": "1", "other": "1"}
    new, words = js("linked", bad, menus)
    assert new == {} and all(key in words for key in bad)


def test_no_points_are_no_share_of_them(js):
    js.eval("const none = () => score(newRun({sizes: [2, 2], act: 'relu'}, startParams([2, 2], 0)), []);")
    assert js("none") == [0, 0]


def test_models_come_back_and_start_from_given_weights():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 9), nn.Tanh(), nn.Linear(9, 3))
    X, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 3
    widget = SpiralLab(X, y, models=([5], net))
    assert np.abs(widget.X - X).max() <= 1e-6 and np.array_equal(widget.y, y)
    x = torch.randn(4, 2)
    assert torch.allclose(widget.to_torch(1)(x.double()).float(), net(x), atol=1e-6)
    assert [type(layer).__name__ for layer in widget.to_torch(0)] == ["Linear", "ReLU", "Linear"]
    assert "0x" not in repr(widget) and "2-9-3" in repr(widget)


def test_trained_weights_come_back():
    widget = SpiralLab()
    widget.params = [[0.5] * 6, [0.5] * 354]
    assert all((p == 0.5).all() for which in (0, 1) for p in widget.to_torch(which).parameters())
    assert not all((p == 0.5).all() for p in widget.to_torch(1, start=True).parameters())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"X": np.zeros((40, 3)), "y": np.zeros(40)}, "X"),
        ({"X": np.zeros((40, 2))}, "y"),
        ({"X": np.full((40, 2), math.nan), "y": np.arange(40) % 2}, "NaN"),
        ({"X": np.full((40, 2), 1e9), "y": np.arange(40) % 2}, "1000"),
        ({"X": np.zeros((40, 2)), "y": np.zeros(40)}, "two of the classes"),
        ({"X": np.zeros((900, 2)), "y": np.arange(900) % 2}, "400"),
        ({"models": ([], [500])}, "128"),
        ({"models": ([], [128, 128])}, "1,500 parameters"),
        ({"models": ([], nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2)))}, "Sigmoid"),
        ({"models": ([], nn.Linear(2, 2))}, "nn.Sequential, not Linear"),
        ({"models": ([], nn.Sequential(nn.Linear(3, 2)))}, "2 coordinates"),
        ({"models": ([],)}, "two"),
        ({"models": ([], "wide")}, "models"),
        ({"activation": "gelu"}, "activation"),
        ({"data": "swirl"}, "data"),
        ({"lr": 0}, "lr"),
        ({"noise": 3}, "noise"),
        ({"batch": 7}, "batch"),
        ({"recorded": [math.inf]}, "recorded"),
        ({"task": "win"}, "task"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        SpiralLab(**arguments)


def test_sizes_stay_within_the_budget():
    from course_utils.widgets._base import compress

    widget = SpiralLab(recorded=np.linspace(0.7, 0.1, 350))
    assert module_size(widget) < 30 * 1024
    assert len(json.dumps(widget.state())) <= 12 * 1024
    assert len(compress(widget.picture())[0]) <= 40 * 1024
