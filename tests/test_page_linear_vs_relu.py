"""The gradients that the page derives by hand, against autograd and torch.optim."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import run_cells

PAGE = "lectures/linear_vs_relu"
some = settings(max_examples=25, deadline=None)
sizes = st.tuples(*[st.integers(1, 6)] * 3, st.integers(2, 5))  # points, inputs, hidden units, classes


@pytest.fixture(scope="module")
def cells():
    return run_cells(PAGE, ["softmax-loss", "linear-gradient", "train", "relu-gradient"], np=np)


def drawn(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def by_torch(X, y, params, weight_decay=1e-3):
    params = [torch.tensor(p, requires_grad=True) for p in params]
    out = torch.tensor(X)
    if len(params) == 4:
        out = F.relu(F.linear(out, params[0].T, params[1]))
    loss = F.cross_entropy(F.linear(out, params[-2].T, params[-1]), torch.tensor(y))
    loss = loss + weight_decay / 2 * sum(p.pow(2).sum() for p in params if p.ndim == 2)
    loss.backward()
    return loss.item(), [p.grad.numpy() for p in params]


def assert_same(found, expected):
    assert found[0] == pytest.approx(expected[0], abs=1e-12)
    for g, h in zip(found[1], expected[1], strict=True):
        assert g.shape == h.shape
        np.testing.assert_allclose(g, h, atol=1e-12)


@some
@given(shape=sizes, seed=st.integers(0, 10**6))
def test_gradients_equal_autograd(cells, shape, seed):
    n, d, h, k = shape
    (X, *params), y = drawn([(n, d), (d, k), k], seed), np.arange(n) % k
    assert_same(cells["linear"](X, y, *params), by_torch(X, y, params))
    params = drawn([(d, h), h, (h, k), k], seed)
    assert_same(cells["relu_network"](X, y, *params), by_torch(X, y, params))


def test_softmax_loss_worked_out_by_hand(cells):
    # Probabilities 1/5, 2/5, 2/5; the class is the last.
    loss, gradient = cells["softmax_loss"](np.log([[1.0, 2.0, 2.0]]), np.array([2]))
    assert loss == pytest.approx(np.log(5 / 2))
    np.testing.assert_allclose(gradient, [[0.2, 0.4, -0.6]])


def test_softmax_loss_bears_large_logits(cells):
    loss, gradient = cells["softmax_loss"](np.array([[1000.0, 0.0], [0.0, 1000.0]]), np.array([0, 1]))
    assert loss == 0 and np.all(gradient == 0)


def test_train_steps_and_notes_the_loss_before_each(cells):
    cells["train"].__globals__.update(X=None, y=None)
    params, losses = cells["train"](lambda X, y, p: (p**2 / 2, [p]), [8.0], steps=3, lr=0.5)
    assert params == [1.0] and list(losses) == [32.0, 8.0, 2.0]


def test_autograd_and_the_optimiser_walk_the_same_way():
    X, y = drawn([(12, 2)])[0], np.arange(12) % 3
    ids = [
        "softmax-loss",
        "linear-gradient",
        "train",
        "relu-gradient",
        "torch-loss",
        "by-autograd",
        "by-optimiser",
    ]
    cells = run_cells(PAGE, ids, np=np, X=X, y=y)
    start = drawn([(2, 4), 4, (4, 3), 3], seed=1)
    by_hand = cells["train"](cells["relu_network"], start, 30, lr=0.1)[1]
    np.testing.assert_allclose(
        cells["train"](cells["by_autograd"], start, 30, lr=0.1)[1], by_hand, atol=1e-12
    )
    np.testing.assert_allclose(cells["train_by_optimiser"](start, 30, lr=0.1), by_hand, atol=1e-12)


@pytest.mark.parametrize("hidden_units", [0, 3])
def test_stacked_networks_are_trained_like_single_ones(hidden_units):
    X, y = drawn([(12, 2)])[0], np.arange(12) % 3
    ids = ["softmax-loss", "linear-gradient", "train", "relu-gradient", "torch-loss", "many-starts"]
    cells = run_cells(PAGE, ids, np=np, X=X, y=y)
    stacked = cells["train_many"](hidden_units, starts=3, steps=20)
    rng, layers = np.random.RandomState(2), [2, hidden_units, 3] if hidden_units else [2, 3]
    start = [
        p for n, m in zip(layers[:-1], layers[1:], strict=True) for p in (0.01 * rng.randn(n, m), np.zeros(m))
    ]
    params, _ = cells["train"](cells["relu_network" if hidden_units else "linear"], start, 20)
    for many, one in zip(stacked, params, strict=True):
        # The page leaves the decay of weights to the loss, in float32.
        np.testing.assert_allclose(many[2].numpy(), one, atol=1e-5)
