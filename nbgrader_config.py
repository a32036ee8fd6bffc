"""nbgrader's configuration, for the class as well as for one learner on one machine."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  nbgrader puts get_config there

c.CourseDirectory.course_id = "kubernetes-inside-out"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]

# Learners work where they read: release/ is both what is handed out and where Submit looks.
c.Exchange.assignment_dir = str(Path(__file__).parent / "release")

# On one machine the exchange is a folder of the project.  For a class, set COURSE_EXCHANGE to a folder
# that all of its members can write to, such as /srv/nbgrader/exchange.
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", str(Path(__file__).parent / "exchange"))
