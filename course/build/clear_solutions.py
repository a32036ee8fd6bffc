"""nbgrader's step that takes the answers out, which leaves an exercise for data as one can run.

In a function the stub raises NotImplementedError, and nobody hears of it before the function is called.  A
list of examples is made when its cell runs: a stub that raises would stop Run All there, so it is a comment.
"""

import ast
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

STUB = "# YOUR EXAMPLES HERE"


class ClearSolutionsAndData(ClearSolutions):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's ClearSolutions, with a stub of its own in cells that define no function and no class."""

    code_stub: Any

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        if cell.cell_type != "code" or not makes_data(cell.source):
            return bool(super()._replace_solution_region(cell, language))
        stubs = self.code_stub
        self.code_stub = {**stubs, language: STUB}
        try:
            return bool(super()._replace_solution_region(cell, language))
        finally:
            self.code_stub = stubs


def makes_data(source: str) -> bool:
    """Whether a cell binds names to values at its top, and defines no function and no class there."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a magic
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(one, ast.Assign | ast.AnnAssign) for one in body) and not any(
        isinstance(one, kinds) for one in body
    )
