"""The checks of the lab *Write the training loop*."""

from course_utils.checks.train_a_cnn.epochs import check_train
from course_utils.checks.train_a_cnn.loops import check_train_one_epoch
from course_utils.checks.train_a_cnn.network import check_network
from course_utils.checks.train_a_cnn.runs import check_curves, check_fast
from course_utils.checks.train_a_cnn.search import check_score
from course_utils.checks.train_a_cnn.testing import check_test_one_epoch

__all__ = [
    "check_curves",
    "check_fast",
    "check_network",
    "check_score",
    "check_test_one_epoch",
    "check_train",
    "check_train_one_epoch",
]
