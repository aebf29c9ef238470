"""The solutions of solutions/mnist_cnn against PyTorch, and its checks against wrong answers."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.training import fit
from pages import run_cells

PAGE = "solutions/mnist_cnn"
few = settings(max_examples=25, deadline=None)


def solution(*cells, **names):
    return run_cells(PAGE, list(cells), torch=torch, np=np, nn=nn, **names)


def small_network(padding=2, *, pool=nn.MaxPool2d, last=()):
    conv = nn.Conv2d(1, 8, 5, padding=padding)
    return nn.Sequential(conv, nn.ReLU(), pool(2), nn.Flatten(), nn.Linear(1568, 10), *last)


def check(cell, **names):
    """Run one check with the names that a student's notebook would hold."""
    folder = SimpleNamespace(name=tempfile.mkdtemp())
    names = {"torch": torch, "np": np, "nn": nn, "Path": Path, "folder": folder, **names}
    run_cells(PAGE, [cell], **names)


@few
@given(n=st.integers(1, 30), seed=st.integers(0, 10**6))
def test_one_hot_and_probabilities(n, seed):
    torch.manual_seed(seed)
    answers = solution("exercise-predictions")
    labels, images, model = torch.randint(0, 10, (n,)), torch.rand(n, 1, 28, 28), small_network()
    assert torch.equal(answers["one_hot"](labels), F.one_hot(labels, 10).float())
    assert torch.allclose(answers["probabilities"](model, images), F.softmax(model(images), 1))


def test_training_loop_is_the_same_as_fit():
    torch.manual_seed(0)
    X, y = torch.rand(250, 1, 28, 28), torch.randint(0, 10, (250,))
    model, twin = small_network(), small_network()
    twin.load_state_dict(model.state_dict())
    names = solution("exercise-optimizer", model=model)
    found = run_cells(PAGE, ["exercise-train"], **{**names, "X_train": X, "y_train": y})
    options = {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-3, "batch_size": 100, "shuffle": False}
    history = fit(twin, (X, y), epochs=5, progress=False, **options)
    assert found["last_losses"] == pytest.approx(history.loss[2::3], abs=1e-5)
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


@few
@given(kernels=st.integers(1, 6), patches=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_responses_are_those_of_a_convolution(kernels, patches, seed):
    torch.manual_seed(seed)
    k, p = torch.randn(kernels, 5, 5), torch.randn(patches, 5, 5)
    found = solution("exercise-responses")["responses"](k, p)
    assert torch.allclose(found, F.conv2d(p[:, None], k[:, None])[:, :, 0, 0].T, atol=1e-5)


def test_stimuli_turn_counter_clockwise():
    names = solution("patches", plot_images=lambda *args, **options: None)
    edges, lines = names["stimuli"](torch.tensor([0, 90, 180, 270]))
    assert edges[0].tolist() == [[0, 0, 0.5, 1, 1]] * 5  # ink on the right at 0 degrees
    assert lines[0].tolist() == [[0, 0.5, 1, 0.5, 0]] * 5
    for patches in (edges, lines):
        for turns in range(4):
            assert torch.allclose(patches[turns], torch.rot90(patches[0], turns), atol=1e-5)


def test_easiest_and_hardest_by_hand():
    p = torch.zeros(5, 10)
    p[:, 3] = torch.tensor([0.1, 0.9, 0.5, 0.2, 0.05])
    answer = solution("exercise-easy-hard")["easiest_and_hardest"](p, torch.tensor([4, 3, 3, 3, 4]), 3)
    assert answer == (1, 3)


def loader(divide=lambda X: X / 255.0, kind=np.float32, shape=(-1, 1, 28, 28), labels=np.int64):
    def load(file):
        with np.load(file) as data:
            X = divide(data["X"]).astype(kind).reshape(shape)
            return torch.from_numpy(X), torch.from_numpy(data["y"].astype(labels))

    return load


WRONG_LOADERS = {
    "not scaled": (loader(lambda X: X), "divided by 255"),
    "scaled by the largest value": (loader(lambda X: X / X.max()), "divided by 255"),
    "double": (loader(kind=np.float64), "must be float32"),
    "no channel": (loader(shape=(-1, 28, 28)), "must have shape"),
    "flat": (loader(shape=(-1, 784)), "must have shape"),
    "int32 labels": (loader(labels=np.int32), "int64"),
    "zeros": (lambda file: (torch.zeros(7, 1, 28, 28), torch.zeros(7).long()), "divided by 255"),
    "nothing": (lambda file: None, "return two tensors"),
}


@pytest.mark.parametrize("name", WRONG_LOADERS)
def test_check_load_rejects(name):
    load, message = WRONG_LOADERS[name]
    with pytest.raises(AssertionError, match=message):
        check("check-load", load_mnist_for_convnet=load)


WRONG_MODELS = {
    "softmax at the end": (lambda: small_network(last=[nn.Softmax(1)]), "no softmax"),
    "average pooling": (lambda: small_network(pool=nn.AvgPool2d), "max pooling"),
    "no padding": (lambda: small_network(padding=0), "28 × 28"),
    "3 × 3 filters": (lambda: nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), *small_network()[1:]), "shapes"),
    "no convolution": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), "five layers"),
}


@pytest.mark.parametrize("name", WRONG_MODELS)
def test_check_model_rejects(name):
    make, message = WRONG_MODELS[name]
    with pytest.raises(AssertionError, match=message):
        check("check-model", model=make())


def test_checks_accept_other_right_answers():
    check("check-load", load_mnist_for_convnet=loader())
    check("check-model", model=small_network())
    model = small_network()
    check(
        "check-predictions",
        model=model,
        probabilities=lambda m, x: m(x).softmax(1).detach(),
        one_hot=lambda labels: torch.eye(10)[labels],
    )
    check("check-first-layer", model=model, first_layer=lambda m, x: m[0](x).relu().detach())
    check("check-responses", responses=lambda k, p: torch.einsum("kij,aij->ka", k, p))


WRONG_FUNCTIONS = {
    ("check-predictions", "softmax over images"): {"probabilities": lambda m, x: m(x).softmax(0).detach()},
    ("check-predictions", "logits"): {"probabilities": lambda m, x: m(x).detach()},
    ("check-predictions", "with gradient"): {"probabilities": lambda m, x: m(x).softmax(1)},
    ("check-predictions", "integers"): {"one_hot": lambda labels: F.one_hot(labels, 10)},
    ("check-predictions", "zeros"): {"one_hot": lambda labels: torch.zeros(len(labels), 10)},
    ("check-first-layer", "no ReLU"): {"first_layer": lambda m, x: m[0](x).detach()},
    ("check-first-layer", "pooled"): {"first_layer": lambda m, x: m[:3](x).detach()},
    ("check-first-layer", "zeros"): {"first_layer": lambda m, x: torch.zeros(3, 8, 28, 28)},
    ("check-responses", "transposed"): {"responses": lambda k, p: p.flatten(1) @ k.flatten(1).T},
    ("check-responses", "flipped"): {"responses": lambda k, p: k.flip(1, 2).flatten(1) @ p.flatten(1).T},
    ("check-easy-hard", "swapped"): {"easiest_and_hardest": lambda p, y, d: solution_pair(p, y, d)[::-1]},
    ("check-easy-hard", "largest of all"): {
        "easiest_and_hardest": lambda p, y, d: (p[:, d].argmax().item(), p[:, d].argmin().item())
    },
}


def solution_pair(p, labels, digit):
    return solution("exercise-easy-hard")["easiest_and_hardest"](p, labels, digit)


@pytest.mark.parametrize("key", WRONG_FUNCTIONS, ids=" ".join)
def test_checks_reject(key):
    torch.manual_seed(0)
    names = {"model": small_network()}
    names.update({k: v for k, v in solution("exercise-predictions").items() if callable(v)})
    with pytest.raises(AssertionError):
        check(key[0], **{**names, **WRONG_FUNCTIONS[key]})


@pytest.mark.parametrize(
    "losses",
    [
        [],
        [0.245] * 5,
        [2.3] * 5,
        [0.1889, 0.18, 0.17, 0.17, 0.16],
        [0.245, 0.209, 0.197, 0.191, float("nan")],
    ],
)
def test_check_train_rejects(losses):
    with pytest.raises(AssertionError):
        check("check-train", last_losses=losses)


@pytest.mark.parametrize("changed", [{"lr": 0.5}, {"momentum": 0.0}, {"weight_decay": 0.0}])
def test_check_optimizer_rejects(changed):
    model = small_network()
    optimizer = torch.optim.SGD(
        model.parameters(), **({"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-3} | changed)
    )
    with pytest.raises(AssertionError, match=next(iter(changed))):
        check("check-optimizer", model=model, optimizer=optimizer, criterion=nn.CrossEntropyLoss())
