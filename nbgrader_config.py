"""nbgrader's configuration, for the class as well as for one learner on one machine."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  nbgrader puts get_config there

c.CourseDirectory.course_id = "kubernetes-inside-out"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]

# Learners work where they read: release/ is both what is handed out and where Submit looks.
c.Exchange.assignment_dir = str(HERE / "release")

# On one machine the exchange is a folder of the project.  For a class, set COURSE_EXCHANGE to a folder
# that all of its members can write to, such as /srv/nbgrader/exchange.
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", str(HERE / "exchange"))

# A word on stderr costs no points; nbgrader's own Execute gives 0 to a test cell that warned.
c.Autograde.autograde_preprocessors = [
    "course.grading.execute.ExecuteQuietly",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["The cell was stopped because it took too long; is there a loop without an end?"],
}
c.Execute.extra_arguments = ["--log-level=ERROR"]
