"""What the lab's solutions compute, against the library and against brute force."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.data import pattern_signals
from pages import run_cells

PAGE = "solutions/detect_patterns_1d"
CELLS = ["make-signals", "best-response", "build", "train", "best-cosine", "logits-of", "train-many"]
some = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def cells():
    ids = [*CELLS, "wilson", "best-possible"]
    return run_cells(PAGE, ids, np=np, torch=torch, nn=nn, W=20)


@some
@given(n=st.integers(1, 30), width=st.integers(3, 40), seed=st.integers(0, 10**6))
def test_signals_equal_the_course_utils_ones(cells, n, width, seed):
    X, y = cells["make_signals"](n, width, seed)
    X_expected, y_expected = pattern_signals(n, width, seed=seed)
    assert torch.equal(X, X_expected) and torch.equal(y, y_expected)


@some
@given(k=st.integers(1, 9), n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_the_plain_function_is_the_network(cells, k, n, seed):
    torch.manual_seed(seed)
    network, signals = cells["build"](k), torch.randn(n, 1, 20)
    found = cells["logits_of"](*network.parameters(), cells["patches_of"](signals))
    torch.testing.assert_close(found, network(signals), atol=1e-5, rtol=1e-5)


def test_patches_worked_out_by_hand(cells):
    patches = cells["patches_of"](torch.arange(1.0, 7).view(1, 1, 6))
    assert patches.shape == (5, 6, 1)
    assert patches[:, 0, 0].tolist() == [0, 0, 1, 2, 3]
    assert patches[:, 5, 0].tolist() == [4, 5, 6, 0, 0]


def test_best_response_worked_out_by_hand(cells):
    signal = torch.zeros(1, 1, 20)
    signal[0, 0, 7:9] = torch.tensor([2.0, 1.0])
    assert cells["best_response"](signal, torch.tensor([0, -0.5, 1, -0.5, 0])).item() == 1.5


def test_stacked_networks_are_trained_like_single_ones(cells, capsys):
    X, y = pattern_signals()
    losses, params = cells["train_many"](3, X, y, starts=3, epochs=40)
    for seed in range(3):
        torch.manual_seed(seed)
        network = cells["build"](3)
        assert cells["train"](network, X, y, epochs=40) == pytest.approx(losses[seed].item(), abs=1e-4)
        for many, one in zip(params, network.parameters(), strict=True):
            torch.testing.assert_close(many[seed], one.detach(), atol=1e-3, rtol=1e-3)
    assert capsys.readouterr().out.count("epoch   1  loss") == 3


@some
@given(scale=st.floats(0.01, 100), shift=st.integers(-1, 1))
def test_cosine_ignores_scale_and_shift(cells, scale, shift):
    kernel = scale * np.roll([0, -0.5, 1, -0.5, 0], shift)
    assert cells["best_cosine"](kernel, np.array([-0.5, 1, -0.5])) == pytest.approx(1)


@some
@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_wilson_ends_solve_the_score_equation(cells, n, share):
    s = round(share * n)
    low, high = cells["wilson"](s, n)
    assert -1e-9 <= low <= s / n + 1e-9 and s / n - 1e-9 <= high <= 1 + 1e-9
    for q in (low, high):
        assert (s / n - q) ** 2 == pytest.approx(1.96**2 * q * (1 - q) / n, abs=1e-9)


def test_the_best_detector_agrees_with_brute_force(cells):
    noise = 0.3
    X, _ = pattern_signals(50, noise=noise, seed=3)
    yes, no = np.zeros(50), np.zeros(50)
    for size, value in itertools.product((1, 2), (-1, -0.5, 0.5, 1)):
        for start in range(20 - size):
            clean = np.zeros(20)
            clean[start : start + size] = value
            distance = ((X[:, 0].double().numpy() - clean) ** 2).sum(1)
            chance = np.exp(-distance / (2 * noise**2)) / (20 - size)
            if (size, value) == (1, 1):
                yes += chance
            else:
                no += chance
    assert np.array_equal(cells["best_possible"](X, noise).numpy(), yes > no)
