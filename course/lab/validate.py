"""JupyterLab's Validate button shows the check's report instead of "Partial credit".

nbgrader's handler looks its Validator up in its own module, and the class takes no configuration for what it
runs, so this server extension puts ours in that place.  JupyterLab loads it through
jupyter_server_config.d/course.json, which the package installs.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, read
from nbgrader import utils
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, NbGraderPreprocessor
from nbgrader.server_extensions.validate_assignment import handlers
from nbgrader.validator import Validator
from traitlets import List

from course.grading import names, testcell
from course.keep.files import VALIDATED
from course.lab.execute import ExecuteQuietly
from course.lab.passed import keep_passed
from course.learn import keeping, units
from course.sandbox import facade

STUCK = "The notebook did not come to its end, and could not be interrupted; is there a loop without an end?"
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


class UntilTheLastTest(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader publishes no types
    """Leave out what follows the last test: a loop there, of a function at work, would cost every verdict."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Cut the notebook behind its last test."""
        tests = [index for index, cell in enumerate(nb.cells) if utils.is_grade(cell)]
        if tests:
            nb.cells = nb.cells[: tests[-1] + 1]
        return nb, resources


class ReportingValidator(Validator):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's Validator; what a failed test printed is its error."""

    preprocessors = List([CheckCellMetadata, ClearOutput, UntilTheLastTest, ExecuteQuietly])

    def _extract_error(self, cell: NotebookNode) -> str:
        printed = "".join(
            output.text for output in cell.get("outputs", ()) if output.output_type == "stream"
        ).strip()
        raised = any(output.output_type == "error" for output in cell.get("outputs", ()))
        if printed and not raised:
            return printed
        return str(super()._extract_error(cell))

    def _get_failed_cells(self, nb: NotebookNode) -> list[NotebookNode]:
        _explain_missing(nb)
        self._ran = nb
        failed: list[NotebookNode] = super()._get_failed_cells(nb)
        return failed

    def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
        """Validate as nbgrader does; an exercise that imports what the grader does not have fails too."""
        try:
            results: dict[str, list[dict[str, str]]] = super().validate(filename)
        except (CellTimeoutError, DeadKernelError):  # code that cannot be interrupted, or that ended it
            return {"failed": [{"source": "", "error": STUCK, "raw_error": STUCK}]}
        if not {"type_changed", "changed"} & results.keys():
            warnings = list(_warnings(read(filename, as_version=4)))
            if warnings:
                results["failed"] = [*results.get("failed", []), *warnings]
            else:
                _keep(Path(filename), self._ran)
        return results


def _keep(path: Path, ran: NotebookNode) -> None:
    """Keep what passed in a learner's own copy of a unit; where nothing can be written, nothing is kept."""
    mine = keeping.place().parent.resolve() in path.resolve().parents
    if mine and units.NAME.fullmatch(path.stem):
        with contextlib.suppress(OSError):
            keep_passed(ran, path.stem, VALIDATED)


def _explain_missing(nb: NotebookNode) -> None:
    """Let a test whose function is not there say why: nobody looks for a SyntaxError behind a NameError."""
    failed: dict[str, str] = {}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        errors = [one for one in cell.get("outputs", ()) if one.output_type == "error"]
        if not utils.is_grade(cell):
            for name in names.meant(cell.source):
                failed.pop(name, None)
                if errors:
                    failed[name] = _said(errors[-1])
            continue
        for error in errors:
            missing = _UNDEFINED.fullmatch(error.evalue)
            if error.ename == "NameError" and missing and missing[1] in failed:
                error.ename, error.evalue = testcell.unwritten(missing[1], failed[missing[1]])
                error.traceback = [error.evalue]


def _said(error: NotebookNode) -> str:
    if error.ename in ("KeyboardInterrupt", "CellTimeoutError"):
        return "it took too long; is there a loop without an end?"
    return f"{error.ename}: {error.evalue}"


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
