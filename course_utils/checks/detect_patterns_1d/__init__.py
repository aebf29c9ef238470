"""The checks of the lab *Find a pattern in a signal*."""

from course_utils.checks.detect_patterns_1d.by_hand import check_either, check_kernel
from course_utils.checks.detect_patterns_1d.many import check_logits_of
from course_utils.checks.detect_patterns_1d.measures import check_best_cosine, check_wilson
from course_utils.checks.detect_patterns_1d.network import check_build, check_train
from course_utils.checks.detect_patterns_1d.noise import check_compare
from course_utils.checks.detect_patterns_1d.signals import check_signals

__all__ = [
    "check_best_cosine",
    "check_build",
    "check_compare",
    "check_either",
    "check_kernel",
    "check_logits_of",
    "check_signals",
    "check_train",
    "check_wilson",
]
