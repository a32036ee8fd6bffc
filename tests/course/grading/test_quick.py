"""What is left out to start quickly is not missed."""

import os
import subprocess
import sys
from pathlib import Path

from nbgrader.api import get_alembic_version
from sqlalchemy import text

from course.grading.gradebook import OpenGradebook

PROGRAM = """
import sys
from course.grading.quick import GRAMMAR, import_jsonschema

import_jsonschema()
assert GRAMMAR not in sys.modules, "it was imported, or cannot be imported later"
import nbformat

assert GRAMMAR not in sys.modules, "validating notebooks needs it"
from nbformat.v4 import new_markdown_cell, new_notebook

nbformat.validate(new_notebook(cells=[new_markdown_cell("# A title")]))
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "?"}]})
except nbformat.ValidationError:
    print("validates")
"""


def test_notebooks_are_validated_without_the_grammar_of_addresses():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "validates\n", done.stderr


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it(tmp_path, monkeypatch):
    programs = Path(sys.executable).parent  # nbgrader calls alembic by name
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    gradebook = OpenGradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "course")
    versions = gradebook.db.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    gradebook.finish()
    assert versions == [get_alembic_version()]
