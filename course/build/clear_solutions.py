"""nbgrader's step that takes the answers out, which leaves an exercise for data as one can run.

In a function the stub raises NotImplementedError, and nobody hears of it before the function is called.  A
list of examples is made when its cell runs: a stub that raises would stop Run All there, so it is a comment.
The same holds for a table of functions of which the cell shows a first version.
"""

import ast
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

from course.build.lesson import BEGIN_SOLUTION, END_SOLUTION

STUB = "# YOUR EXAMPLES HERE"
TABLE_STUB = "# YOUR CODE HERE"


class ClearSolutionsAndData(ClearSolutions):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's ClearSolutions, with a stub of its own where the answer is data."""

    code_stub: Any

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        if cell.cell_type != "code" or not makes_data(cell.source):
            return bool(super()._replace_solution_region(cell, language))
        stubs = self.code_stub
        stub = TABLE_STUB if "    return {" in cell.source else STUB
        self.code_stub = {**stubs, language: stub}
        try:
            return bool(super()._replace_solution_region(cell, language))
        finally:
            self.code_stub = stubs


def makes_data(source: str) -> bool:
    """Whether the answer of a cell is data: it stands in no function or class, and defines none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return False
    marks = [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() in (BEGIN_SOLUTION, END_SOLUTION)
    ]
    code = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    if marks and _is_given(tree, marks[0], marks[-1]):
        return True
    return bool(marks) and not any(
        one.lineno <= mark <= (one.end_lineno or one.lineno) or marks[0] <= one.lineno <= marks[-1]
        for one in code
        for mark in marks
    )


def _is_given(tree: ast.Module, begin: int, end: int) -> bool:
    """Whether the answer, between two lines, ends by giving a name another value that has one before."""
    named = [
        (one.lineno, target.id)
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    ]
    before = {name for line, name in named if line < begin}
    return any(begin < line < end and name in before for line, name in named)
