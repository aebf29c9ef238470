"""Figures of parts and variants: every number has its mark, and wrong lengths are named."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.plotting.comparisons import plot_channel_bars, plot_variants


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_channel_has_its_bar_and_its_number():
    axes = plot_channel_bars({"conv 1": [0.5, -0.001], "conv 2": np.array([0.1, 0.25, 0.0])}, label="lost")
    assert [[bar.get_height() for bar in ax.patches] for ax in axes] == [[0.5, -0.001], [0.1, 0.25, 0.0]]
    assert [t.get_text() for t in axes[0].texts] == ["0.50", "0.00"]  # no minus zero
    assert [ax.get_xlabel() for ax in axes] == ["conv 1", "conv 2"]


def test_costs_are_relative_to_the_first_variant():
    left, right = plot_variants({"full": [0.9, 0.8], "small": [0.7, 0.5]}, {"work": [10, 5], "time": [2, 3]})
    assert list(right.lines[0].get_xdata()) == [1, 0.5] and list(right.lines[1].get_xdata()) == [1, 1.5]
    assert [line.get_xdata()[0] for line in left.lines[1::2]] == [pytest.approx(0.85), pytest.approx(0.6)]
    assert [t.get_text() for t in left.get_yticklabels()] == ["full", "small"]


def test_wrong_lengths_are_named():
    with pytest.raises(ValueError, match="costs\\['work'\\] must have 2 numbers.*not 1"):
        plot_variants({"a": [1], "b": [1]}, {"work": [1]})
    with pytest.raises(ValueError, match="at least one channel"):
        plot_channel_bars({})
