"""JupyterLab's Validate button shows the check's report instead of "Partial credit".

nbgrader's handler looks its Validator up in its own module, and the class takes no configuration for what it
runs, so this server extension puts ours in that place.  JupyterLab loads it through
jupyter_server_config.d/course.json, which the package installs.
"""

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode, read
from nbgrader import utils
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput
from nbgrader.server_extensions.validate_assignment import handlers
from nbgrader.validator import Validator
from traitlets import List

from course.lab.execute import ExecuteQuietly
from course.sandbox import facade


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

    def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
        """Validate as nbgrader does; an exercise that imports what the grader does not have fails too."""
        results: dict[str, list[dict[str, str]]] = super().validate(filename)
        if not {"type_changed", "changed"} & results.keys():
            warnings = list(_warnings(read(filename, as_version=4)))
            if warnings:
                results["failed"] = [*results.get("failed", []), *warnings]
        return results


def _warnings(notebook: NotebookNode) -> Iterator[dict[str, str]]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and utils.is_solution(cell):
            for module in facade.absent(cell.source):
                message = (
                    f"{module} is not there while a test calls your function: the answer has to be your own."
                )
                yield {"source": cell.source.strip(), "error": message, "raw_error": message}


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    handlers.Validator = ReportingValidator
    server_app.log.info("course: Validate shows the reports of the checks")
