"""The checks of the lab *A convolutional network for handwritten digits*."""

from course_utils.checks.mnist_cnn.data import check_load, check_predictions
from course_utils.checks.mnist_cnn.measures import check_easiest_and_hardest, check_responses
from course_utils.checks.mnist_cnn.network import check_filters_before, check_first_layer, check_model
from course_utils.checks.mnist_cnn.training import check_last_losses, check_optimizer

__all__ = [
    "check_easiest_and_hardest",
    "check_filters_before",
    "check_first_layer",
    "check_last_losses",
    "check_load",
    "check_model",
    "check_optimizer",
    "check_predictions",
    "check_responses",
]
