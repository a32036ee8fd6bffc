"""What an instructor decides about the lab, in a configuration file of Jupyter Server.

    c.CourseLab.self_paced = False        # in jupyter_server_config.py

Self-paced grading is on where the exchange is the learner's own, and off where COURSE_EXCHANGE names the
exchange of a class.
"""

import os
from typing import Any

from traitlets import Bool, Enum, default
from traitlets.config import Configurable

from course.checks.report import HIDDEN_FEEDBACK


class CourseLab(Configurable):
    """Settings of the course in a Jupyter Server."""

    self_paced: Any = Bool(help="Grade what is submitted at once, on the learner's own machine.").tag(
        config=True
    )
    hidden_cases: Any = Enum(
        ("rule", "case"),
        "rule",
        help="What feedback tells of a case that only the grader has: the broken rule, or the case too.",
    ).tag(config=True)

    @default("self_paced")
    def _own_exchange(self) -> bool:
        return not os.environ.get("COURSE_EXCHANGE") and os.environ.get("COURSE_SELF_PACED", "1") != "0"

    def environment(self) -> dict[str, str]:
        """Return what a process that grades is told."""
        return {**os.environ, HIDDEN_FEEDBACK: self.hidden_cases}
