"""What a machine lacks to build a site is said in one line; a file that was changed is not used."""

import pytest

from course.site import pyodide
from insideout.usage import UsageError


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ((), "node and npm are not installed; the site needs Node.js 20 or newer with npm"),
        (("node",), "npm is not installed; the site needs Node.js 20 or newer with npm"),
        (("node", "npm"), ""),
    ],
)
def test_missing_programs_are_named(monkeypatch, there, said):
    monkeypatch.setattr(pyodide.shutil, "which", lambda name: name if name in there else None)
    assert pyodide.why_not() == said


def test_an_archive_that_is_not_the_published_one_is_refused(tmp_path):
    (tmp_path / f"pyodide-{pyodide.VERSION}.tgz").write_bytes(b"something else")
    with pytest.raises(UsageError, match=r"is not pyodide .* as it was published; remove it"):
        pyodide.core(tmp_path)
