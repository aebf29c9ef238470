"""The solutions of solutions/mnist_cnn against PyTorch."""

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


def small_network():
    conv = nn.Conv2d(1, 8, 5, padding=2)
    return nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))


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
