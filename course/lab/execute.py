"""Run a notebook as nbgrader does, without the rule that a word on stderr costs the whole cell.

nbgrader gives 0 to a test cell that wrote to stderr, even when every check passed: a warning of a library is
enough.  Here such words become ordinary output.  An error stays an error.
"""

import os
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import Execute


class ExecuteQuietly(Execute):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's Execute, after which a test cell's stderr counts as stdout; configured like Execute."""

    def setup_kernel(self, **kwargs: Any) -> Any:
        """Start a kernel in which nobody owes a prediction: the stated defaults are judged."""
        kwargs.setdefault("env", {**os.environ, "COURSE_PREDICT": "default"})
        return super().setup_kernel(**kwargs)

    def preprocess(self, nb: NotebookNode, *args: Any, **kwargs: Any) -> tuple[NotebookNode, Any]:
        """Run the notebook; then rename the stderr streams of its test cells."""
        nb, resources = super().preprocess(nb, *args, **kwargs)
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                for output in cell.outputs:
                    if output.output_type == "stream" and output.name == "stderr":
                        output.name = "stdout"
        return nb, resources
