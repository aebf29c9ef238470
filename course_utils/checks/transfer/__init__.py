"""The checks of the lab *AlexNet features for a task of your own*."""

from course_utils.checks.transfer.accuracy import check_few_shot_accuracy
from course_utils.checks.transfer.draws import check_draw_few
from course_utils.checks.transfer.features import check_represent
from course_utils.checks.transfer.scores import check_choose_layer, check_color_scores, check_curves

__all__ = [
    "check_choose_layer",
    "check_color_scores",
    "check_curves",
    "check_draw_few",
    "check_few_shot_accuracy",
    "check_represent",
]
