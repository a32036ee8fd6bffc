"""nbval compares the outputs that source/ keeps; a change is caught."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course.project import PROJECT


def nbval(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "nbval.plugin",
            "--nbval",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(folder),
            str(folder),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=PROJECT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # to import others would take longer
        check=False,
    )


def notebook_with(folder: Path, output: str) -> Path:
    cell = nbformat.v4.new_code_cell("print(6 * 7)", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "answers.ipynb")
    return folder


def test_the_stored_output_passes(tmp_path):
    assert nbval(notebook_with(tmp_path, "42\n")).returncode == 0


def test_a_changed_output_is_caught(tmp_path):
    done = nbval(notebook_with(tmp_path, "43\n"))
    assert done.returncode == 1
    assert "1 failed" in done.stdout


@pytest.mark.parametrize("path", sorted((PROJECT / "source").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_every_code_cell_keeps_its_outputs_and_count_or_nbval_would_be_blind(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.id for cell in cells if cell.execution_count is None] == []
    tests = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [cell.id for cell in tests if not cell.outputs] == []
