"""JupyterLab's Validate button shows the check's report instead of "Partial credit".

nbgrader's handler looks its Validator up in its own module, and the class takes no configuration for what it
runs, so this server extension puts ours in that place.  JupyterLab loads it through
jupyter_server_config.d/course.json, which the package installs.
"""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput
from nbgrader.server_extensions.validate_assignment import handlers
from nbgrader.validator import Validator
from traitlets import List

from course.grading.execute import ExecuteQuietly


class ReportingValidator(Validator):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's Validator; what a failed test printed is its error."""

    preprocessors = List([CheckCellMetadata, ClearOutput, ExecuteQuietly])

    def _extract_error(self, cell: NotebookNode) -> str:
        printed = "".join(
            output.text for output in cell.get("outputs", ()) if output.output_type == "stream"
        ).strip()
        raised = any(output.output_type == "error" for output in cell.get("outputs", ()))
        if printed and not raised:
            return printed
        return str(super()._extract_error(cell))


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    handlers.Validator = ReportingValidator
    server_app.log.info("course: Validate shows the reports of the checks")
