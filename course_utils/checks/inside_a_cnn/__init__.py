"""The checks of the lab *Inside a CNN*."""

from course_utils.checks.inside_a_cnn.confusion import check_confusion
from course_utils.checks.inside_a_cnn.features import check_features
from course_utils.checks.inside_a_cnn.measures import check_cosine, check_surest_mistakes
from course_utils.checks.inside_a_cnn.network import check_cnn
from course_utils.checks.inside_a_cnn.occlusion import check_occlusion
from course_utils.checks.inside_a_cnn.snapshot import check_snapshot

__all__ = [
    "check_cnn",
    "check_confusion",
    "check_cosine",
    "check_features",
    "check_occlusion",
    "check_snapshot",
    "check_surest_mistakes",
]
