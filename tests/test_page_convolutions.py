"""The from-scratch code of lectures/convolutions, compared with PyTorch."""

from itertools import product

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course_utils.data import photo
from pages import run_cells

PAGE = "lectures/convolutions"
few = settings(max_examples=25, deadline=None)
sizes = {
    "height": st.integers(1, 9),
    "width": st.integers(1, 9),
    "kernel": st.tuples(*[st.integers(1, 4)] * 2),
}
channels = {
    "n": st.integers(1, 3),
    "c": st.integers(1, 3),
    "o": st.integers(1, 3),
    "seed": st.integers(0, 10**6),
}


@pytest.fixture(scope="module")
def from_scratch():
    return {
        "conv2d_loops": run_cells(PAGE, ["conv-loops"])["conv2d_loops"],
        "conv2d_unfold": run_cells(PAGE, ["conv-unfold"])["conv2d_unfold"],
    }


@pytest.fixture(scope="module")
def conv_matrix():
    return run_cells(PAGE, ["conv-matrix"], torch=torch, product=product)["conv_matrix"]


@pytest.fixture(scope="module")
def output_size():
    return run_cells(PAGE, ["size-formula"], torch=torch, F=F)["output_size"]


@pytest.mark.parametrize("name", ["conv2d_loops", "conv2d_unfold"])
@few
@given(**sizes, **channels, stride=st.integers(1, 3), padding=st.integers(0, 3))
def test_both_convolutions_are_torch_s(
    from_scratch, name, height, width, kernel, n, c, o, seed, stride, padding
):
    assume(kernel[0] <= height + 2 * padding and kernel[1] <= width + 2 * padding)
    torch.manual_seed(seed)
    x, weight, bias = torch.randn(n, c, height, width), torch.randn(o, c, *kernel), torch.randn(o)
    expected = F.conv2d(x, weight, bias, stride=stride, padding=padding)
    result = from_scratch[name](x, weight, bias, stride=stride, padding=padding)
    assert result.shape == expected.shape
    assert torch.allclose(result, expected, atol=1e-4)


@pytest.mark.parametrize("name", ["conv2d_loops", "conv2d_unfold"])
def test_convolutions_worked_out_by_hand(from_scratch, name):
    picture = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])[None, None]
    kernel, bias = torch.tensor([[1.0, 0], [0, -2]])[None, None], torch.tensor([10.0])
    # 1 - 2·5 + 10 = 1, 2 - 2·6 + 10 = 0, 4 - 2·8 + 10 = -2, 5 - 2·9 + 10 = -3
    assert from_scratch[name](picture, kernel, bias).tolist() == [[[[1, 0], [-2, -3]]]]
    # windows of the padded picture at rows and columns 0 and 2: -2·1, -2·3, -2·7, 5 - 2·9
    assert from_scratch[name](picture, kernel, bias, stride=2, padding=1).tolist() == [[[[8, 4], [-4, -3]]]]


@pytest.mark.parametrize("name", ["conv2d_loops", "conv2d_unfold"])
def test_convolutions_leave_their_input_alone(from_scratch, name):
    x, weight, bias = torch.randn(1, 2, 5, 5), torch.randn(3, 2, 3, 3), torch.randn(3)
    before = x.clone()
    from_scratch[name](x, weight, bias, padding=1)
    assert torch.equal(x, before)


@few
@given(**sizes, seed=st.integers(0, 10**6))
def test_the_matrix_is_the_convolution(conv_matrix, height, width, kernel, seed):
    assume(kernel[0] <= height and kernel[1] <= width)
    torch.manual_seed(seed)
    picture, weights = torch.randn(height, width), torch.randn(kernel)
    matrix, expected = conv_matrix(weights, height, width), F.conv2d(picture[None, None], weights[None, None])
    assert matrix.shape == (expected.numel(), height * width)
    assert torch.allclose(matrix @ picture.flatten(), expected.flatten(), atol=1e-4)


def test_a_matrix_worked_out_by_hand(conv_matrix):
    matrix = conv_matrix(torch.tensor([[1.0, 2], [3, 4]]), 2, 3)
    assert matrix.tolist() == [[1, 2, 0, 3, 4, 0], [0, 1, 2, 0, 3, 4]]


@few
@given(n=st.integers(1, 60), k=st.integers(1, 9), s=st.integers(1, 6), p=st.integers(0, 4))
def test_the_size_formula_holds_for_convolution_and_pooling(output_size, n, k, s, p):
    assume(k <= n + 2 * p)
    x, weight = torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k)
    expected = F.conv2d(x, weight, stride=s, padding=p).shape[2]
    assert output_size(n, k, s, p) == output_size(n, k, stride=s, padding=p) == expected
    if 2 * p <= k:  # torch's limit for pooling
        assert output_size(n, k, s, p) == F.max_pool2d(x, k, stride=s, padding=p).shape[3]


def test_the_answers_of_check_yourself(output_size):
    assert output_size(28, 5, stride=2, padding=2) == 14
    assert sum(p.numel() for p in torch.nn.Conv2d(16, 32, kernel_size=5).parameters()) == 12_832
    three = torch.nn.Sequential(*[torch.nn.Conv2d(1, 1, 3) for _ in range(3)])
    assert three(torch.zeros(1, 1, 7, 7)).shape == (1, 1, 1, 1)


def test_the_three_steps_give_what_photo_gives():
    names = run_cells(PAGE, ["photo-pixels", "photo-tensor"], torch=torch)
    assert torch.equal(names["batch"], photo("chelsea", size=631)[None])


def test_move_shifts_to_the_right_and_fills_with_zeros():
    networks = run_cells(PAGE, ["equal-parameters"], nn=torch.nn)
    trained = {(networks["cnn"], "in place", 0): networks["cnn"]()}
    given_names = {
        **networks,
        "trained": trained,
        "torch": torch,
        "F": F,
        "test_images": photo("chelsea", 28)[:, None],
        "test_labels": torch.zeros(3, dtype=torch.int64),
    }
    move = run_cells(PAGE, ["equivariance"], **given_names)["move"]
    row = torch.tensor([[[[1.0, 2, 3]]]])
    assert move(row, 1).tolist() == [[[[0, 1, 2]]]]
    assert move(row, -2).tolist() == [[[[3, 0, 0]]]]
    assert torch.equal(move(row, 0), row)
