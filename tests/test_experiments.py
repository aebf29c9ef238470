"""Bars of repeated runs, and curves below pictures."""

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
import torch

from course_utils.plotting.experiments import plot_bars, plot_below_pictures


@pytest.fixture(autouse=True)
def close_figures():
    """Close what a test has drawn."""
    yield
    matplotlib.pyplot.close("all")


def test_a_bar_is_the_mean_and_starts_at_zero():
    ax = plot_bars({"a": [1.0, 3.0], "b": torch.tensor([5.0])}, label="error")
    bars = [(bar.get_y(), bar.get_height()) for bar in ax.patches]
    assert bars == [(0, 2), (0, 5)]
    assert [text.get_text() for text in ax.texts] == ["2.0", "5.0"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b"]


def test_every_run_is_a_dot():
    ax = plot_bars({"a": [1.0, 3.0, 8.0]})
    assert any(list(line.get_ydata()) == [1, 3, 8] for line in ax.lines)


def test_colors_are_the_ones_asked_for():
    first, second, third = plot_bars({"a": [1], "b": [1], "c": [1]}, colors=[0, 1, 0]).patches
    assert first.get_facecolor() == third.get_facecolor() != second.get_facecolor()


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": 3.0}, {"a": np.zeros((2, 2))}])
def test_bars_need_lists_of_numbers(groups):
    with pytest.raises(ValueError, match="groups"):
        plot_bars(groups)


def test_bars_need_a_color_each():
    with pytest.raises(ValueError, match="equally many, at least 1, not 2 and 1"):
        plot_bars({"a": [1], "b": [1]}, colors=[0])


def test_pictures_stand_over_their_places():
    pictures = torch.rand(3, 1, 4, 4)
    ax = plot_below_pictures({"one": [0.1, 0.5, 0.2]}, pictures, range(-2, 3, 2))
    top = ax.figure.axes[0]
    for image, picture, place in zip(top.images, pictures, (-2, 0, 2), strict=True):
        left, right, *_ = image.get_extent()
        assert (left + right) / 2 == pytest.approx(place)
        assert np.array_equal(image.get_array(), picture[0])
    assert top.get_xlim() == ax.get_xlim()
    assert list(ax.lines[0].get_xdata()) == [-2, 0, 2]
    assert list(ax.get_xticks()) == [-2, 0, 2]


def test_pictures_and_places_are_equally_many():
    with pytest.raises(ValueError, match="at least 2, not 3 and 2"):
        plot_below_pictures({}, torch.rand(3, 4, 4), [0, 1])
