"""The solutions of the lab against PyTorch and course_utils, and its checks against wrong answers."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.training import evaluate, fit
from pages import cell_source, run_cells

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


def check(*cells, **names):
    """Run check cells of the lab with the solutions, of which ``names`` replaces some."""
    return run_cells(PAGE, list(cells), **SOLVED | names)


def test_the_checks_accept_the_solutions():
    check("check-network", "check-train-one-epoch", "check-test-one-epoch")


class OneChannelTooFew(SOLVED["CNN"]):
    def __init__(self):
        super().__init__()
        self.conv1[0], self.conv2[0] = nn.Conv2d(1, 9, 5), nn.Conv2d(9, 20, 5)


class NoReLU(SOLVED["CNN"]):
    def __init__(self):
        super().__init__()
        self.conv2[1] = nn.Identity()


class WithSoftmax(SOLVED["CNN"]):
    def forward(self, x):
        return super().forward(x).softmax(1)


class Zeros(SOLVED["CNN"]):
    def forward(self, x):
        return 0 * super().forward(x)


@pytest.mark.parametrize(
    ("network", "message"),
    [(OneChannelTooFew, "8490"), (NoReLU, "ReLU"), (WithSoftmax, "softmax"), (Zeros, "ReLU")],
)
def test_the_check_of_the_network_rejects(network, message):
    with pytest.raises(AssertionError, match=message):
        check("check-network", CNN=network)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("optimizer.zero_grad()", "pass", "losses must be"),
        ("optimizer.step()", "pass", "losses must be"),
        ("loss.backward()", "loss.backward(); loss = loss / 2", "losses must be"),
        ("seen = epoch * len(train_loader.dataset)", "seen = 0", "counter must be"),
        ("seen += len(images)", "seen += 8", "counter must be"),
        ("if i % log_interval == 0", "if (i - 1) % log_interval == 0", "counter must be"),
        ("model.train()", "pass", "train"),
    ],
)
def test_the_check_of_the_training_rejects(right, wrong, message):
    with pytest.raises(AssertionError, match=message):
        check("check-train-one-epoch", train_one_epoch=altered("train_one_epoch", right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("total / len(test_loader.dataset), correct", "0.0, 0", "right, not 0|mean loss"),
        (', reduction="sum").item()', ").item() * 43 / 6", "mean loss"),
        ("argmax(1)", "argmin(1)", "are right"),
        ("model.eval()", "pass", "eval"),
    ],
)
def test_the_check_of_the_test_rejects(right, wrong, message):
    wrong_test = altered("test_one_epoch", right, wrong)
    with pytest.raises(AssertionError, match=message):
        check("check-train-one-epoch", "check-test-one-epoch", test_one_epoch=wrong_test)


def altered(name, right, wrong):
    """Return a function of the lab in which one piece of code is replaced."""
    source = cell_source(PAGE, f"exercise-{name.replace('_', '-')}")
    assert source.count(right) == 1, f"{right!r} is not once in the solution"
    namespace = GIVEN | {"F": F}
    exec(source.replace(right, wrong), namespace)
    return namespace[name]
