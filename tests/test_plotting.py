"""Figures: what is drawn, that nothing else changes, and sentences for wrong input."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from course_utils import plotting
from course_utils.data import mnist_tensors, spiral
from course_utils.history import History
from course_utils.plotting.style import COLORS, GREY, SIGNED

HISTORY = History(
    step=[1, 2, 3, 4],
    samples=[10, 20, 30, 40],
    loss=[2.0, 1.0, 0.5, 0.25],
    measured_at=[2, 4],
    train_accuracy=[0.5, 0.75],
    validation_accuracy=[0.4, 0.6],
)
X, Y = spiral(20)
CALLS = {
    "plot_images": lambda ax: plotting.plot_images(torch.rand(7, 1, 5, 4), range(7), columns=3, ax=ax),
    "plot_images in colour": lambda ax: plotting.plot_images(torch.rand(2, 3, 5, 4), ax=ax),
    "plot_matrix_grid": lambda ax: plotting.plot_matrix_grid(torch.randn(5, 1, 4), ax=ax),
    "plot_weights": lambda ax: plotting.plot_weights(torch.randn(3, 6, requires_grad=True), (2, 3), ax=ax),
    "plot_kernels": lambda ax: plotting.plot_kernels(torch.randn(3, 2, 3, 3), ax=ax),
    "plot_feature_maps": lambda ax: plotting.plot_feature_maps(torch.randn(1, 6, 4, 4), ax=ax),
    "plot_misclassified": lambda ax: plotting.plot_misclassified(
        torch.rand(3, 1, 4, 4), torch.tensor([0, 1, 2]), torch.tensor([0, 2, 1]), ax=ax
    ),
    "plot_loss": lambda ax: plotting.plot_loss({"a": HISTORY, "b": HISTORY}, smooth=2, ax=ax),
    "plot_accuracy": lambda ax: plotting.plot_accuracy(HISTORY, ax=ax),
    "plot_curves": lambda ax: plotting.plot_curves({"x": [1, 2], "y": ([0, 5], torch.ones(2))}, ax=ax),
    "plot_points": lambda ax: plotting.plot_points(X, Y, ax=ax),
    "plot_decision_boundary": lambda ax: plotting.plot_decision_boundary(
        lambda p: (p[:, 0] > 0).astype(int), X, Y, resolution=20, ax=ax
    ),
    "plot_confusion": lambda ax: plotting.plot_confusion([0, 1, 1], [0, 1, 0], classes=2, ax=ax),
}


@pytest.fixture(autouse=True)
def close_figures():
    plt.close("all")  # those that other tests in this process left
    yield
    plt.close("all")


@pytest.mark.parametrize("name", CALLS)
def test_each_plot_draws_on_the_axes_given_and_renders(name):
    before = dict(matplotlib.rcParams)
    figure, ax = plotting.subplots()
    assert CALLS[name](ax) is ax
    figure.canvas.draw()
    assert ax.has_data()
    assert plt.get_fignums() == [figure.number]
    assert dict(matplotlib.rcParams) == before  # no global style


@pytest.mark.parametrize("name", CALLS)
def test_each_plot_makes_a_transparent_figure_of_its_own(name):
    ax = CALLS[name](None)
    ax.figure.canvas.draw()
    assert np.asarray(ax.figure.canvas.buffer_rgba())[0, 0, 3] == 0


def test_plots_do_not_change_their_data():
    weights = torch.randn(3, 2, 3, 3)
    copy = weights.clone()
    plotting.plot_kernels(weights)
    assert torch.equal(weights, copy)


def test_signed_pictures_share_one_symmetric_scale():
    ax = plotting.plot_matrix_grid(np.array([[[1.0, -3.0]], [[2.0, 0.5]]]))
    assert {image.get_clim() for image in ax.images} == {(-3.0, 3.0)}
    assert {image.get_clim() for image in plotting.plot_matrix_grid(np.zeros((2, 1, 1))).images} == {(-1, 1)}


def test_zero_is_transparent_and_signs_differ_in_colour_and_lightness():
    assert SIGNED(0.5)[3] < 0.02
    below, above = np.array(SIGNED(0.0)), np.array(SIGNED(1.0))
    assert below[0] > below[2] and above[2] > above[0]  # orange below zero, blue above
    assert below[3] == above[3] == 1


def luminance(color):
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_are_readable_on_both_pages():
    """Text 4.5 on white and, brightened by the style sheet, on the dark page; lines 3 on both."""
    brightened = np.clip(np.array(to_rgb(GREY)) * 1.15, 0, 1)
    assert contrast(GREY, "white") >= 4.5 and contrast(brightened, "#121212") >= 4.5
    for color in COLORS:
        assert contrast(color, "white") >= 3 and contrast(color, "#121212") >= 3


@pytest.mark.parametrize(("pixels", "spread"), [(6, 0.5), (600, 0.05)])
def test_images_that_shrink_are_averaged_and_enlarged_pixels_stay_sharp(pixels, spread):
    stripes = (np.arange(pixels) % 2.0)[None, None].repeat(pixels, axis=1)
    ax = plotting.plot_images(stripes, ax=plotting.subplots(size=(2, 2))[1])
    ax.figure.canvas.draw()
    shown = np.asarray(ax.figure.canvas.buffer_rgba())[110:180, 60:230, 0] / 255
    plt.close(ax.figure)
    assert shown.std() == pytest.approx(spread, abs=0.05)


def test_images_are_placed_in_reading_order():
    images, labels = mnist_tensors(n=7)
    ax = plotting.plot_images(images, labels.tolist(), columns=3)
    corners = [(round(i.get_extent()[0], 3), round(i.get_extent()[3], 3)) for i in ax.images]
    assert len(corners) == 7 and corners == sorted(corners, key=lambda c: (c[1], c[0]))
    assert [t.get_text() for t in ax.texts] == [str(v) for v in labels.tolist()]
    assert np.array_equal(ax.images[4].get_array(), images[4, 0].numpy())


def test_misclassified_shows_only_mistakes_first_ones_first():
    images = torch.arange(4.0).reshape(4, 1, 1, 1).expand(4, 1, 3, 3) / 4
    ax = plotting.plot_misclassified(images, [5, 6, 7, 8], [5, 0, 7, 1])
    assert [t.get_text() for t in ax.texts] == ["6, not 0", "8, not 1"]
    assert [i.get_array().max() for i in ax.images] == [0.25, 0.75]


def test_accuracy_is_drawn_over_samples_at_the_measured_steps():
    ax = plotting.plot_accuracy(HISTORY)
    assert [line.get_xdata()[0] for line in ax.lines] == [20, 20]
    assert list(ax.lines[1].get_ydata()) == [0.4, 0.6]


def test_smoothing_is_a_mean_of_neighbours():
    line = plotting.plot_loss(HISTORY, smooth=2).lines[0]
    assert list(line.get_xdata()) == [20, 30, 40]
    assert np.allclose(line.get_ydata(), [1.5, 0.75, 0.375])


def test_confusion_counts():
    ax = plotting.plot_confusion([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], classes=2)
    assert [t.get_text() for t in ax.texts] == ["1", "1", "1", "2"]


def test_boundary_colours_the_side_that_predict_says():
    ax = plotting.plot_decision_boundary(lambda p: np.c_[p[:, 1], -p[:, 1]], X, Y, resolution=11)
    picture = ax.images[0].get_array()
    assert (picture[-1] == 0).all() and (picture[0] == 1).all()  # origin is below


def test_named_tensors_share_one_scale_and_drop_axes_of_length_one():
    axes = plotting.plot_named_tensors({"X": torch.randn(6, 1, 4), "y": -5 * torch.ones(6, 1)})
    assert [ax.get_title() for ax in axes] == ["X", "y"]
    assert {ax.images[0].get_clim() for ax in axes} == {(-5.0, 5.0)}
    assert [ax.images[0].get_array().shape for ax in axes] == [(6, 4), (6, 1)]


WRONG = {
    "images": (lambda: plotting.plot_images(torch.zeros(2, 4, 5, 5)), "\\(2, 4, 5, 5\\)"),
    "matrices": (lambda: plotting.plot_matrix_grid(torch.zeros(4, 5)), "\\(K, M, N\\), not \\(4, 5\\)"),
    "weights": (lambda: plotting.plot_weights(torch.zeros(10, 700)), "\\(K, 784\\), not \\(10, 700\\)"),
    "kernels": (lambda: plotting.plot_kernels(torch.zeros(4, 3, 3)), "not \\(4, 3, 3\\)"),
    "maps": (lambda: plotting.plot_feature_maps(torch.zeros(2, 4, 3, 3)), "one image, not \\(2, 4, 3, 3\\)"),
    "all right": (lambda: plotting.plot_misclassified(torch.zeros(1, 1, 2, 2), [3], [3]), "no mistake"),
    "lengths": (lambda: plotting.plot_misclassified(torch.zeros(1, 1, 2, 2), [3], [3, 4]), "not 1, 1 and 2"),
    "no accuracy": (
        lambda: plotting.plot_accuracy(History(step=[1], samples=[1], loss=[1.0])),
        "validation set",
    ),
    "points": (lambda: plotting.plot_points(np.zeros((5, 3)), np.zeros(5)), "not \\(5, 3\\)"),
    "predict": (lambda: plotting.plot_decision_boundary(lambda p: p[:5, 0], X, Y), "predict must return"),
    "named": (lambda: plotting.plot_named_tensors({"x": torch.zeros(2, 3, 4)}), "^x must become"),
    "none named": (lambda: plotting.plot_named_tensors({}), "tensors is empty"),
}


@pytest.mark.parametrize("case", WRONG)
def test_plots_name_what_is_wrong(case):
    call, message = WRONG[case]
    with pytest.raises(ValueError, match=message):
        call()
