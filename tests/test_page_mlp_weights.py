"""The from-scratch code of lectures/mlp_weights, compared with PyTorch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from pages import cell_source, run_cells

PAGE = "lectures/mlp_weights"
few = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def erase():
    function = cell_source(PAGE, "erase").split("\n\n")[0]
    namespace = {}
    exec(function, namespace)
    return namespace["erase"]


def roughness(weights):
    noise = torch.rand(200, 784, generator=torch.Generator().manual_seed(0)) - 0.5
    return run_cells(PAGE, ["roughness"], W_start=noise, W=torch.ones(1, 784))["roughness"](weights)


@few
@given(hidden=st.integers(1, 8), seed=st.integers(0, 10**6), digit=st.integers(0, 9))
def test_effective_template_is_the_gradient_of_the_logit(hidden, seed, digit):
    torch.manual_seed(seed)
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))
    image = torch.rand(1, 1, 28, 28, requires_grad=True)
    effective_template = run_cells(PAGE, ["effective-template"])["effective_template"]
    weights, bias = effective_template(mlp, image, digit)
    logit = mlp(image)[0, digit]
    (gradient,) = torch.autograd.grad(logit, image, retain_graph=True)
    assert torch.allclose(weights, gradient.flatten(), atol=1e-6)
    assert torch.allclose(weights @ image.flatten() + bias, logit, atol=1e-5)


def test_effective_template_by_hand():
    effective_template = run_cells(PAGE, ["effective-template"])["effective_template"]
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    values = ([[1.0, 0.0], [0.0, -1.0]], [0.5, 0.0], [[2.0, 7.0]], [0.25])
    for parameter, value in zip(mlp.parameters(), values, strict=True):
        parameter.data = torch.tensor(value)
    weights, bias = effective_template(mlp, torch.tensor([3.0, 4.0]), 0)  # unit 0 is on, unit 1 is off
    assert weights.tolist() == [2.0, 0.0] and bias.item() == 1.25


@few
@given(seed=st.integers(0, 10**6), n=st.integers(10, 60))
def test_first_step_from_zero_is_made_of_class_means(seed, n):
    torch.manual_seed(seed)
    pixels = torch.rand(n, 784)
    labels = torch.cat([torch.arange(10), torch.randint(0, 10, (n - 10,))])
    means = torch.stack([pixels[labels == k].mean(0) for k in range(10)])
    run_cells(PAGE, ["first-step"], torch=torch, pixels=pixels, train=(pixels, labels), means=means)


@few
@given(top=st.integers(0, 27), left=st.integers(0, 27), size=st.integers(1, 28))
def test_erase_clears_the_square_and_nothing_else(erase, top, left, size):
    images = torch.rand(2, 1, 28, 28) + 0.1
    erased, before = erase(images, top, left, size), images.clone()
    inside = torch.zeros(28, 28, dtype=torch.bool)
    inside[top : top + size, left : left + size] = True
    assert (erased[..., inside] == 0).all()
    assert torch.equal(erased[..., ~inside], images[..., ~inside]) and torch.equal(images, before)


def test_roughness_of_noise_stripes_and_a_ramp():
    torch.manual_seed(0)
    assert roughness(torch.randn(300, 784)) == pytest.approx(1, abs=0.02)
    stripes = torch.ones(28, 28)
    stripes[:, 1::2] = -1
    assert roughness(stripes.reshape(1, 784)) == pytest.approx(2)  # neighbours differ by 2: 4 / 1 / 2
    ramp = torch.arange(28.0).repeat(28, 1) - 13.5
    assert roughness(ramp.reshape(1, 784)) < 0.01
    assert roughness(5 * ramp.reshape(1, 784)) == pytest.approx(roughness(ramp.reshape(1, 784)))
