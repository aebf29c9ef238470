"""`fit` against loops written out, and the sentences that it says."""

import math
import os
import re

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.training import History, TrainingDiverged, accuracy, evaluate, fit, make_optimizer


def problem(n=60, seed=0):
    """Return points in three well separated groups, and their labels."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 3
    centres = torch.tensor([[2.0, 0.0], [-2.0, 1.0], [0.0, -2.0]])
    return centres[labels] + 0.3 * torch.randn(n, 2, generator=generator), labels


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.0), nn.Linear(8, 3))


def same_parameters(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 70),
    st.integers(1, 3),
    st.sampled_from([(0.1, 0.0, 0.0), (0.05, 0.9, 1e-3)]),
)
def test_fit_takes_the_steps_of_a_loop_written_out(batch_size, epochs, setting):
    lr, momentum, weight_decay = setting
    inputs, labels = problem()
    by_hand, fitted = network(), network()
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=lr, momentum=momentum, weight_decay=weight_decay)
    losses = []
    for _ in range(epochs):
        for i in range(0, len(inputs), batch_size):
            loss = F.cross_entropy(by_hand(inputs[i : i + batch_size]), labels[i : i + batch_size])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
    history = fit(
        fitted,
        (inputs, labels),
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        momentum=momentum,
        weight_decay=weight_decay,
        shuffle=False,
    )
    assert same_parameters(by_hand, fitted)
    assert history.loss == losses
    assert history.samples[-1] == epochs * len(inputs)


def test_a_dataloader_gives_the_same_as_tensors():
    inputs, labels = problem()
    a, b = network(), network()
    from_tensors = fit(a, (inputs, labels), batch_size=16, shuffle=False, epochs=2)
    from_loader = fit(b, DataLoader(TensorDataset(inputs, labels), batch_size=16), epochs=2)
    assert same_parameters(a, b) and from_tensors.loss == from_loader.loss


def test_a_seed_fixes_the_order_and_leaves_the_global_generator_alone():
    data, runs = problem(), []
    for _ in range(2):
        model = network()
        state = torch.get_rng_state()
        runs.append(fit(model, data, epochs=2, batch_size=7, seed=5).loss)
        assert torch.equal(torch.get_rng_state(), state)
    other = fit(network(), data, epochs=2, batch_size=7, seed=6).loss
    assert runs[0] == runs[1] != other


def test_every_sample_is_seen_once_an_epoch():
    inputs, labels = torch.arange(10.0).reshape(10, 1), torch.zeros(10, dtype=torch.int64)
    seen = []

    class Recorder(nn.Linear):
        def forward(self, x):
            seen.extend(x[:, 0].tolist())
            return super().forward(x)

    fit(Recorder(1, 2), (inputs, labels), epochs=3, batch_size=4, lr=1e-3, seed=0)
    for epoch in range(3):
        assert sorted(seen[10 * epoch : 10 * epoch + 10]) == list(range(10))
    assert seen[:10] != seen[10:20]


@pytest.mark.parametrize(
    ("measure", "expected"), [("epoch", [4, 8]), ("step", list(range(1, 9))), (3, [3, 6])]
)
def test_measurements_are_taken_when_asked(measure, expected):
    data = problem()
    history = fit(network(), data, data, epochs=2, batch_size=15, measure=measure, measure_train=True, lr=0.3)
    assert history.measured_at == expected
    assert history.train_accuracy == history.validation_accuracy  # the same data
    assert len(history.train_accuracy) == len(history.validation_loss) == len(expected)
    assert history.batch_accuracy and history.seconds > 0


def test_measuring_does_not_change_training():
    data = problem()
    plain = fit(network(), data, epochs=2, batch_size=9, seed=1).loss
    measured = fit(
        network(), data, data, epochs=2, batch_size=9, seed=1, measure="step", measure_train=True
    ).loss
    assert plain == measured


def test_fit_learns_and_accuracy_counts():
    data = problem(300)
    model = network()
    before = accuracy(model, data)
    fit(model, data, epochs=20, batch_size=20, lr=0.1, seed=0)
    assert before < 0.7 < 0.99 < accuracy(model, data)


def test_accuracy_by_hand():
    logits = torch.tensor([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [1.0, 0.0]])
    loss, fraction = evaluate(nn.Identity(), (logits, torch.tensor([0, 1, 1, 0])), batch_size=3)
    assert fraction == 0.75
    expected = sum(math.log(1 + math.exp(d)) for d in (-1, -3, 1, -1)) / 4
    assert abs(loss - expected) < 1e-6


def test_evaluation_mode_is_used_and_training_mode_restored():
    model = nn.Sequential(nn.Dropout(0.9), nn.Linear(2, 3))
    data = problem()
    assert evaluate(model, data) == evaluate(model, data)
    assert model.training
    model.eval()
    evaluate(model, data)
    assert not model.training


def test_other_losses_take_other_targets():
    inputs = torch.linspace(-1, 1, 50).reshape(50, 1)
    history = fit(nn.Linear(1, 1), (inputs, 3 * inputs), loss=F.mse_loss, epochs=100, batch_size=50, lr=0.5)
    assert history.loss[-1] < 1e-3 and not history.batch_accuracy


def test_divergence_stops_with_advice_and_keeps_the_history():
    data = problem()
    with pytest.raises(TrainingDiverged, match="learning rate, 1e\\+30.*a tenth") as caught:
        fit(network(), data, epochs=50, lr=1e30)
    assert isinstance(caught.value.history, History) and caught.value.history.loss
    bad = (data[0] * math.nan, data[1])
    with pytest.raises(TrainingDiverged, match="loss became nan at step 1"):
        fit(network(), bad)


inputs_, labels_ = problem()
WRONG = {
    "model": ({"model": "net"}, "model must be a torch.nn.Module, not str"),
    "no parameters": ({"model": nn.ReLU()}, "no parameters"),
    "no targets": ({"train": inputs_}, "pair \\(inputs, targets\\)"),
    "lengths": ({"train": (inputs_, labels_[:7])}, "\\(60, 2\\) but targets \\(7,\\)"),
    "empty": ({"train": (inputs_[:0], labels_[:0])}, "empty.*\\(0, 2\\)"),
    "integer images": ({"train": (inputs_.to(torch.uint8), labels_)}, "floating point, not torch.uint8"),
    "label type": ({"train": (inputs_, labels_.int())}, "int64, not torch.int32"),
    "float labels": ({"train": (inputs_, labels_.float())}, "int64 and shape \\(N,\\), not torch.float32"),
    "one-hot labels": ({"train": (inputs_, F.one_hot(labels_))}, "shape \\(N,\\).*\\(60, 3\\)"),
    "label range": ({"train": (inputs_, labels_ + 1)}, "labels from 1 to 3.*3 outputs.*0 … 2"),
    "late label": ({"train": (inputs_, torch.cat([labels_[:-1], torch.tensor([9])]))}, "labels from 0 to 9"),
    "negative label": ({"train": (inputs_, labels_ - 1)}, "labels from -1"),
    "validation": ({"validation": (inputs_, labels_[:3])}, "^validation has inputs"),
    "validation labels": ({"validation": (inputs_, labels_ + 5)}, "^validation has labels from 5"),
    "not an array": ({"train": (inputs_.tolist(), labels_)}, "the inputs, must be a tensor, not list"),
    "optimizer": ({"optimizer": "rmsprob"}, "'sgd', 'adam', 'adamw', not 'rmsprob'"),
    "lr": ({"lr": 0}, "^lr must be above 0"),
    "lr text": ({"lr": "0.1"}, "^lr must be a number, not '0.1'"),
    "lr nan": ({"lr": math.nan}, "^lr must be"),
    "momentum": ({"momentum": -0.9}, "^momentum must be at least 0"),
    "weight decay": ({"weight_decay": -1}, "^weight_decay must be"),
    "epochs": ({"epochs": 0}, "^epochs must be at least 1"),
    "epochs fraction": ({"epochs": 1.5}, "^epochs must be a whole number"),
    "batch size": ({"batch_size": 0}, "^batch_size must be"),
    "measure": ({"measure": "often"}, "^measure must be one of 'epoch', 'step'"),
    "sequence output": (
        {"model": nn.Sequential(nn.Linear(2, 3), nn.Unflatten(1, (3, 1)))},
        "logits of shape",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_fit_names_what_is_wrong_before_it_changes_the_model(case):
    wrong, message = WRONG[case]
    arguments = {"model": network(), "train": (inputs_, labels_), "validation": None, **wrong}
    untouched = network()
    with pytest.raises((TypeError, ValueError), match=message):
        fit(**arguments)
    if "model" not in wrong:
        assert same_parameters(arguments["model"], untouched)


def test_a_loader_without_batches_is_an_error():
    loader = DataLoader(TensorDataset(inputs_, labels_), batch_size=100, drop_last=True)
    with pytest.raises(ValueError, match="train gave no batch"):
        fit(network(), loader)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_optimizers_are_those_of_torch(name):
    optimizer = make_optimizer(name, network(), lr=0.1, weight_decay=0.01)
    assert type(optimizer).__name__.lower() == name
    assert optimizer.param_groups[0]["weight_decay"] == 0.01
    assert make_optimizer(optimizer, network(), lr=5) is optimizer


def test_the_bar_shows_loss_and_accuracy_and_hides_on_the_page(monkeypatch, capsys):
    data = problem(600)
    fit(network(), data, epochs=30, batch_size=5)
    assert capsys.readouterr().err == ""
    monkeypatch.setitem(os.environ, "COURSE_STATIC", "0")
    fit(network(), data, epochs=30, batch_size=5)
    assert re.search(r"loss=\d\.\d+, accuracy=\d\.\d+", capsys.readouterr().err)
    fit(network(), data, progress=False)
    assert capsys.readouterr().err == ""


def test_history_describes_itself():
    assert repr(History()) == "History(no steps)"
    history = fit(network(), problem(), problem(), seed=0)
    assert re.fullmatch(
        r"History\(1 steps, 60 samples, last loss \d\.\d+, validation accuracy \d\.\d+\)", repr(history)
    )
