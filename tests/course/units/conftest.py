"""Solutions by name: what the tests of a lesson hand to its checks."""

from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from course.project import PROJECT
from tests.course.units.graded import is_given


@pytest.fixture(scope="session")
def solutions() -> Callable[[str], dict[str, Any]]:
    """Return a function from a unit's name to the names that its own solution defines."""

    def load(unit: str) -> dict[str, Any]:
        notebook = nbformat.read(PROJECT / "source" / unit / f"{unit}.ipynb", as_version=4)
        names: dict[str, Any] = {}
        for cell in notebook.cells:
            if is_given(cell.id) or cell.metadata.get("nbgrader", {}).get("solution"):
                exec(compile(cell.source, cell.id, "exec"), names)
        return names

    return load
