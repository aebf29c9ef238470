"""The counting of costs on the page cnn_anatomy, compared with PyTorch's own counter."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from pages import run_cells

names = run_cells("lectures/cnn_anatomy", ["anatomy", "build", "bends"], torch=torch, nn=nn)
anatomy, build, bends = names["anatomy"], names["build"], names["bends"]


@settings(max_examples=25, deadline=None)
@given(
    channels=st.lists(st.integers(1, 5), min_size=3, max_size=3),
    kernel_size=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    side=st.integers(6, 12),
)
def test_anatomy_agrees_with_pytorch(channels, kernel_size, stride, padding, side):
    first, second, classes = channels
    convs = [nn.Conv2d(first, second, kernel_size, stride=stride, padding=padding), nn.ReLU(), nn.Flatten()]
    image = torch.rand(1, first, side, side)
    model = nn.Sequential(*convs, nn.Linear(nn.Sequential(*convs)(image).numel(), classes))
    rows = anatomy(model, image)
    with FlopCounterMode(display=False) as counter:
        model(image)
    assert 2 * sum(row[3] for row in rows) == counter.get_total_flops()
    assert sum(row[2] for row in rows) == sum(p.numel() for p in model.parameters())
    assert rows[-1][:2] == ("Linear", (classes,))


def test_anatomy_by_hand():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 3))
    rows = anatomy(model, torch.zeros(1, 1, 4, 4))
    assert rows == [
        ("Conv2d", (2, 2, 2), 20, 8 * 9, 32),
        ("MaxPool2d", (2, 1, 1), 0, 0, 8),
        ("Flatten", (2,), 0, 0, 0),
        ("Linear", (3,), 9, 6, 12),
    ]


def test_anatomy_leaves_no_hook():
    model = build()
    anatomy(model, torch.zeros(1, 1, 28, 28))
    assert not any(layer._forward_hooks for layer in model)


def test_build_gives_the_network_of_the_page():
    kinds = [type(layer).__name__ for layer in build()]
    assert kinds == ["Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"]
    assert build()(torch.zeros(5, 1, 28, 28)).shape == (5, 10)
    assert build(channels=(3,), pool=False)[-1].in_features == 3 * 28 * 28


def test_bends_tells_a_linear_function_from_others():
    a, b = torch.randn(9, 1, 4, 4), torch.randn(9, 1, 4, 4)
    assert not bends(nn.Sequential(nn.Conv2d(1, 2, 3), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(2, 3)), a, b)
    assert bends(nn.Sequential(nn.Flatten(), nn.ReLU()), a, b)
    assert bends(nn.MaxPool2d(2), a, b)
