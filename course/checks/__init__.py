"""The checks that the test cells of the notebooks call, one module a lesson.

A check calls the learner's code with plain data, prints a report that teaches, and returns the points
earned: the value of the cell, which nbgrader takes as partial credit.  It sees nothing of the learner but
the function it was handed, so no other name in the notebook can change its verdict.
"""

import os

from course.checks.cases import HiddenSeed


def instructor_seed() -> HiddenSeed:
    """Return the seed of the hidden cases: COURSE_HIDDEN_SEED in the grader's environment, else 0."""
    return HiddenSeed(os.environ.get("COURSE_HIDDEN_SEED", "0"))
