"""What makes stock `nbgrader autograde`, and formgrader's button, grade like `course grade`.

nbgrader_config.py names these in place of nbgrader's own: the exporter reads what nbgrader cannot, the first
preprocessor puts a submission right, the second runs it split in two instead of in one kernel.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from course.grading import submitted, unit
from course.grading.split import execute
from course.grading.submission import warm_parent
from course.sandbox.limits import Limits

UNREADABLE = "course_unreadable"
"""The notebook's metadata that tells RepairSubmission why there is nothing in it."""


class SubmittedExporter(NotebookExporter):
    """Reads any file as a notebook; one that is none becomes an empty notebook that says why."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Convert the notebook file, whatever it holds."""
        path = Path(filename)
        try:
            nb = submitted.read(b"" if path.is_symlink() else path.read_bytes())
        except submitted.Unreadable as error:
            fault = "a link is not read" if path.is_symlink() else str(error)
            nb = new_notebook(metadata={UNREADABLE: f"The submitted file could not be read: {fault}."})
        return self.from_notebook_node(nb, resources=resources, **kw)  # type: ignore[no-untyped-call]


class RepairSubmission(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader publishes no types
    """Makes every managed cell what the gradebook says, before nbgrader's own preprocessors look at it."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Repair the notebook; notes on what was wrong go on top of it."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            known = {one.name: one for one in unit.load(gradebook, about["assignment"])}
        why = nb.metadata.pop(UNREADABLE, "")
        notes = submitted.repair(nb, known[about["notebook"]])
        submitted.add_notes(nb, [why] if why else notes)
        return nb, resources


class SplitExecute(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader publishes no types
    """Runs the notebook split in two, in place of nbgrader's Execute."""

    unsafe = Bool(
        False, help="Grade also where the sandbox is not whole; only for submissions that you trust."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook; protection.Unprotected where there is no sandbox."""
        limits = Limits()
        warm = warm_parent(self.unsafe, limits)
        with warm.alone:
            done = execute(nb, warm, limits)
        for fault in done.faults:
            self.log.error("A check broke: %s", fault)
        return nb, resources
