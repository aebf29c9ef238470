"""Figures of the course: every function draws on axes and returns them.

They read data, never change it, set no global style and never call ``plt.show()``.
Text is mid-grey on nothing, so a figure reads on a light and on a dark page.
Signed numbers are blue above zero and orange below; zero is the background.
"""

from course_utils.plotting.boundaries import plot_decision_boundary, plot_points
from course_utils.plotting.curves import plot_accuracy, plot_curves, plot_loss
from course_utils.plotting.grids import (
    plot_feature_maps,
    plot_images,
    plot_kernels,
    plot_matrix_grid,
    plot_misclassified,
    plot_weights,
)
from course_utils.plotting.style import COLORS, GREY, SIGNED, show_colorbar, subplots
from course_utils.plotting.tensors import plot_confusion, plot_named_tensors

__all__ = [
    "COLORS",
    "GREY",
    "SIGNED",
    "plot_accuracy",
    "plot_confusion",
    "plot_curves",
    "plot_decision_boundary",
    "plot_feature_maps",
    "plot_images",
    "plot_kernels",
    "plot_loss",
    "plot_matrix_grid",
    "plot_misclassified",
    "plot_named_tensors",
    "plot_points",
    "plot_weights",
    "show_colorbar",
    "subplots",
]
