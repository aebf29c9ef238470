import numpy as np
import pytest

from course_utils.spread import plot_band, plot_spread


def test_spread_draws_all_values_and_their_median():
    ax = plot_spread({2: [0.1, 0.5, 0.3], 10: [0.9]}, labels=("units", "accuracy"))
    assert [sorted(line.get_ydata()) for line in ax.lines] == [[0.1, 0.3, 0.5], [0.9]]
    medians = [bar.get_segments()[0][0, 1] for bar in ax.collections]
    assert medians == [0.3, 0.9]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "10"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("units", "accuracy")


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": np.ones((2, 2))}])
def test_spread_names_what_it_cannot_draw(groups):
    with pytest.raises(ValueError, match="groups"):
        plot_spread(groups)


def test_band_reaches_from_low_to_high():
    ax = plot_band([1, 2, 3], [0.5, 0.6, 0.7], [0.4, 0.5, 0.6], [0.6, 0.7, 0.9], name="found")
    assert list(ax.lines[0].get_ydata()) == [0.5, 0.6, 0.7]
    corners = ax.collections[0].get_paths()[0].vertices
    assert corners[:, 1].min() == 0.4 and corners[:, 1].max() == 0.9
    assert ax.lines[0].get_label() == "found"


def test_band_names_shapes_that_differ():
    with pytest.raises(ValueError, match="one shape"):
        plot_band([1, 2], [0.5, 0.6], [0.4, 0.5], [0.6])
