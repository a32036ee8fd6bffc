"""nbgrader's configuration, for the class as well as for one learner on one machine."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  nbgrader puts get_config there

c.CourseDirectory.course_id = "kubernetes-inside-out"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]

# Learners work in work/, a copy of release/ that updates are merged into; Submit looks there.
c.Exchange.assignment_dir = str(HERE / "work")

# On one machine the exchange is a folder of the project.  For a class, set COURSE_EXCHANGE to a folder
# that all of its members can write to, such as /srv/nbgrader/exchange.
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", str(HERE / "exchange"))

# nbgrader's own steps to a release, with a stub for lists that lets the untouched notebook run to its end.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "course.build.clear_solutions.ClearSolutionsAndData",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Grading runs a submission split in two: its cells in a sandbox, the tests outside.  `nbgrader autograde` and
# formgrader's button do so by these lines; `course grade` does the same, faster.  See docs/instructors.md.
c.Autograde.exporter_class = "course.grading.autograde.SubmittedExporter"
c.Autograde.sanitize_preprocessors = [
    "course.grading.autograde.RepairSubmission",  # first: nbgrader's own stop at what it puts right
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "course.grading.autograde.SplitExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A link in a submission is not followed, and what a learner writes cannot run in the instructor's browser.
c.ExchangeFactory.collect = "course.grading.collect.CollectWithoutLinks"
c.HTMLExporter.filters = {"markdown2html": "course.grading.safe_markdown.markdown2html"}

# What Validate runs, in the learner's own kernel.
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["The cell was stopped because it took too long; is there a loop without an end?"],
}
c.Execute.extra_arguments = ["--log-level=ERROR"]
