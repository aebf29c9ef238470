"""The forward pass, the loss and the training loop of the lecture, against PyTorch."""

import math

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.plotting.panels import plot_panels, plot_train_test
from pages import cell_source, run_cells

PAGE = "lectures/training_and_sgd"
FEW = settings(max_examples=25, deadline=None)


def function(cell_id, name):
    """Return one function out of a cell, without the statements that follow its definition."""
    source = cell_source(PAGE, cell_id)
    start = source.index(f"def {name}(")
    lines = source[start:].splitlines()
    end = next((i for i, line in enumerate(lines) if i and line and not line.startswith(" ")), len(lines))
    namespace = {"torch": torch, "F": F, "nn": nn}
    exec("\n".join(lines[:end]), namespace)
    return namespace[name]


def network(widths, seed):
    torch.manual_seed(seed)
    linears = [nn.Linear(a, b) for a, b in zip(widths, widths[1:], strict=False)]
    modules = [module for linear in linears for module in (linear, nn.ReLU())][:-1]
    return nn.Sequential(*modules), [(linear.weight.T, linear.bias) for linear in linears]


@FEW
@given(
    widths=st.lists(st.integers(1, 12), min_size=2, max_size=6),
    rows=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_forward_is_a_sequential_of_linear_and_relu(widths, rows, seed):
    model, layers = network(widths, seed)
    x = torch.randn(rows, widths[0])
    torch.testing.assert_close(function("forward-loop", "forward")(x, layers), model(x))


def test_forward_by_hand():
    # [1, 2] W1 + b1 = [3, -1], ReLU gives [3, 0], times [[2], [5]] plus 1 gives 7
    layers = [
        (torch.tensor([[1.0, 1.0], [1.0, -1.0]]), torch.zeros(2)),
        (torch.tensor([[2.0], [5.0]]), torch.ones(1)),
    ]
    assert function("forward-loop", "forward")(torch.tensor([[1.0, 2.0]]), layers).item() == 7


@FEW
@given(rows=st.integers(1, 20), classes=st.integers(2, 12), scale=st.sampled_from([0.1, 1, 200]))
def test_cross_entropy_is_pytorchs(rows, classes, scale):
    logits, labels = scale * torch.randn(rows, classes), torch.randint(classes, (rows,))
    found = function("first-loss", "cross_entropy")(logits, labels)
    torch.testing.assert_close(found, F.cross_entropy(logits, labels), rtol=1e-4, atol=1e-4)


def test_cross_entropy_by_hand():
    cross_entropy = function("first-loss", "cross_entropy")
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])  # probabilities (1/2, 1/2) and (3/4, 1/4)
    expected = (math.log(2) + math.log(4)) / 2
    assert cross_entropy(logits, torch.tensor([0, 1])).item() == pytest.approx(expected, abs=1e-6)


@FEW
@given(hidden=st.integers(1, 10), batches=st.integers(1, 5), lr=st.floats(0.01, 1), seed=st.integers(0, 99))
def test_raw_tensors_train_as_torch_optim_does(hidden, batches, lr, seed):
    model, pairs = network([6, hidden, 3], seed)
    layers = [tuple(t.detach().clone().requires_grad_() for t in pair) for pair in pairs]
    slices = [(torch.randn(8, 1, 2, 3), torch.randint(3, (8,))) for _ in range(batches)]
    forward, loss = function("forward-loop", "forward"), function("first-loss", "cross_entropy")
    names = {"torch": torch, "layers": layers, "parameters": [t for pair in layers for t in pair]}
    raw = run_cells(
        PAGE, ["rung-tensors"], slices=slices, lr=lr, forward=forward, cross_entropy=loss, **names
    )
    whole = nn.Sequential(nn.Flatten(), model)
    optimizer = torch.optim.SGD(whole.parameters(), lr=lr)
    losses = function("train-one-epoch", "train_one_epoch")(slices, whole, optimizer, "cpu")
    assert raw["reference"] == pytest.approx(losses, abs=1e-4)
    for (W, b), linear in zip(layers, [m for m in model if isinstance(m, nn.Linear)], strict=True):
        torch.testing.assert_close(W.T, linear.weight, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(b, linear.bias, rtol=1e-3, atol=1e-4)


def test_train_one_epoch_leaves_no_gradient_and_trains_in_training_mode():
    model = nn.Sequential(nn.Linear(2, 2)).eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = function("train-one-epoch", "train_one_epoch")(
        [(torch.ones(1, 2), torch.tensor([1]))] * 3, model, optimizer, "cpu"
    )
    assert losses == sorted(losses, reverse=True) and len(losses) == 3
    assert model.training and all(p.grad is None or not p.grad.any() for p in model.parameters())


def test_panels_show_each_curve_and_the_reference():
    axes = plot_panels({"a": [1, 2, 3], "b": torch.tensor([3.0, 2.0]), "c": [1]}, [5, 4], level=2.3)
    assert axes.shape == (2, 2) and not axes[1, 1].get_visible()
    assert [ax.get_title() for ax in axes.flat[:3]] == ["a", "b", "c"]
    assert list(axes[0, 1].lines[2].get_ydata()) == [3, 2] and list(axes[0, 1].lines[1].get_ydata()) == [5, 4]
    plt.close("all")
    with pytest.raises(ValueError, match="curves is empty"):
        plot_panels({}, [1])


def test_train_and_test_curves_have_their_own_axes_of_samples():
    ax = plot_train_test(([64, 128], [2.0, 1.0]), ([0, 128], torch.tensor([2.3, 0.9])))
    assert list(ax.lines[1].get_xdata()) == [0, 128] and list(ax.lines[0].get_ydata()) == [2, 1]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "test"]
    plt.close("all")
