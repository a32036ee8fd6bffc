"""What a picture of Python's memory is made from, and what a page gets of it."""

import gzip
import io
import tarfile
import zipfile

import nbformat
import pytest

from course.project import PROJECT
from course.site import snapshot


@pytest.fixture
def notebook(tmp_path):
    file = tmp_path / "unit.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("import antigravity"),
        nbformat.v4.new_code_cell("import json\nfrom random import Random\n\nrng = Random(1)"),
        nbformat.v4.new_code_cell("import json\n\n\ndef later():\n    import yaml"),
        nbformat.v4.new_code_cell("%pip install this"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    return file


@pytest.fixture
def wheel(tmp_path):
    file = tmp_path / "one.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one/__init__.pyc", b"\0code")
        archive.writestr("one/long/" + "n" * 90 + ".txt", b"text")
    return file


def test_each_import_at_the_top_of_a_cell_is_made_once(notebook):
    assert snapshot.imports([notebook]) == ["import json", "from random import Random"]


def test_a_pages_first_cell_is_among_them():
    statements = snapshot.imports([PROJECT / "release" / "01_components" / "01_components.ipynb"])
    assert "from insideout import Cluster" in statements


def test_the_archive_has_the_wheels_files_and_the_same_bytes_each_time(wheel):
    made = snapshot._tar([wheel])
    assert snapshot._tar([wheel]) == made
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        assert [member.name for member in archive] == ["one/__init__.pyc", "one/long/" + "n" * 90 + ".txt"]
        assert archive.extractfile("one/__init__.pyc").read() == b"\0code"


def test_another_import_or_another_wheel_makes_another_picture(wheel):
    one = snapshot._digest([wheel], ["import json"])
    assert snapshot._digest([wheel], ["import yaml"]) != one
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    assert snapshot._digest([wheel], ["import json"]) != one


def test_what_a_page_asks_for_is_there_and_its_address_changes_with_it(tmp_path):
    made, site = tmp_path / "0123456789abcdef", tmp_path / "site"
    made.mkdir()
    site.mkdir()
    for name in (snapshot.MEMORY, snapshot.PACKAGES):
        (made / name).write_bytes(gzip.compress(name.encode()))
    snapshot.serve(made, site, {"python": "3.14.2"})
    parts = (site / "parts.mjs").read_text("utf-8")
    assert 'export const MEMORY = "memory.bin?0123456789abcdef";' in parts
    assert 'export const LOCK = {"info": {"python": "3.14.2"}, "packages": {}};' in parts
    assert {path.name for path in site.iterdir()} == {
        *snapshot.SERVED,
        snapshot.MEMORY,
        snapshot.PACKAGES,
        "parts.mjs",
    }
