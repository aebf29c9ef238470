"""The solutions of the lab against PyTorch and course_utils."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.training import evaluate, fit
from pages import run_cells

PAGE = "solutions/train_a_cnn"
GIVEN = {"torch": torch, "nn": nn, "DataLoader": DataLoader, "TensorDataset": TensorDataset}
FUNCTIONS = ["exercise-network", "exercise-train-one-epoch", "exercise-test-one-epoch"]
SOLVED = run_cells(PAGE, FUNCTIONS, **GIVEN)
FEW = settings(max_examples=15, deadline=None)
sizes = {"n": st.integers(1, 30), "batch_size": st.integers(1, 9)}


def small_problem(n, batch_size):
    """Return a small linear model, its copy and a loader over n random examples."""
    model, twin = nn.Linear(3, 4), nn.Linear(3, 4)
    twin.load_state_dict(model.state_dict())
    data = TensorDataset(torch.randn(n, 3), torch.randint(4, (n,)))
    return model, twin, DataLoader(data, batch_size=batch_size)


@FEW
@given(**sizes, interval=st.integers(1, 4), epoch=st.integers(0, 3))
def test_train_one_epoch_steps_and_records_as_it_should(n, batch_size, interval, epoch):
    model, twin, loader = small_problem(n, batch_size)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    losses, counter = SOLVED["train_one_epoch"](loader, model, "cpu", optimizer, interval, epoch)
    history = fit(twin, loader, lr=0.3)
    assert losses == pytest.approx(history.loss[interval - 1 :: interval], abs=1e-6)
    assert counter == [epoch * n + seen for seen in history.samples[interval - 1 :: interval]]
    torch.testing.assert_close(model.state_dict(), twin.state_dict())


@FEW
@given(**sizes)
def test_test_one_epoch_measures_per_sample(n, batch_size):
    model, _, loader = small_problem(n, batch_size)
    loss, correct = SOLVED["test_one_epoch"](loader, model, "cpu")
    expected, fraction = evaluate(model, loader)
    assert loss == pytest.approx(expected, abs=1e-5) and correct == round(n * fraction)


def test_counters_by_hand():
    model, _, loader = small_problem(43, 8)  # five batches of 8 and one of 3
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    assert SOLVED["train_one_epoch"](loader, model, "cpu", optimizer, 2, 1)[1] == [59, 75, 86]
