import numpy as np
import pytest
import torch

from course_utils.folds import draw_folds
from course_utils.plotting import subplots


def drawn(W1, b1):
    _, ax = subplots()
    ax.set_xlim(-1, 1)
    ax.set_ylim(-2, 2)
    assert draw_folds(ax, W1, b1) is ax
    assert ax.axis() == (-1, 1, -2, 2)
    return ax.lines


def test_every_point_of_a_fold_gives_the_unit_zero():
    rng = np.random.default_rng(0)
    W1, b1 = rng.normal(size=(2, 7)), rng.normal(size=7)
    lines = drawn(torch.tensor(W1), torch.tensor(b1))
    assert len(lines) == 7
    for line, w, b in zip(lines, W1.T, b1, strict=True):
        for point in (line.get_xy1(), line.get_xy2()):
            assert abs(w @ point + b) < 1e-12


def test_a_fold_worked_out_by_hand():
    # 2x + 0y - 1 = 0 is the vertical line x = 1/2.
    (line,) = drawn(np.array([[2.0], [0.0]]), np.array([-1.0]))
    assert line.get_xy1()[0] == line.get_xy2()[0] == 0.5


def test_a_unit_without_weights_and_no_hidden_layer_draw_nothing():
    assert len(drawn(np.zeros((2, 3)), np.ones(3))) == 0
    assert len(drawn(None, None)) == 0


@pytest.mark.parametrize(("W1", "b1"), [(np.ones((3, 2)), np.ones(2)), (np.ones((2, 3)), np.ones(2))])
def test_shapes_that_do_not_fit_are_named(W1, b1):
    with pytest.raises(ValueError, match=r"W1 must have shape \(2, H\)"):
        drawn(W1, b1)
