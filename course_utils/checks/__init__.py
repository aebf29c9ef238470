"""Checks of the labs' exercises, one module for each lab and one function for each exercise.

A check cell imports its function and hands it the student's answer::

    from course_utils.checks.train_a_cnn import check_network

    check_network(CNN)

A right answer gets one line that says what was verified. A wrong one raises `CheckFailed`, which
says what was expected, what was found, and what to look at. In a notebook, a name that does not
exist yet gets a sentence, too. The inputs are drawn anew in each call. A check leaves no trace:
random states, models and gradients are afterwards what they were.
"""

from course_utils.checks._missing import explain_missing_names
from course_utils.checks._report import CheckFailed

__all__ = ["CheckFailed"]

explain_missing_names()
