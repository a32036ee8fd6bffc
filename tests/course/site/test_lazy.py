"""A package's `__init__` with its imports put off gives the same names."""

import sys

import pytest

from course.site.lazy import lazily

INIT = '''"""A package."""
from __future__ import annotations
__version__ = "1"
from part.one import One
from part.two import Two, second
from . import sub
from part.three import Three as Other
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "part"
    folder.mkdir()
    (folder / "__init__.py").write_text(lazily(INIT))
    (folder / "one.py").write_text("One = 1\n")
    (folder / "two.py").write_text("Two = 2\nsecond = 2.0\n")
    (folder / "three.py").write_text("Three = 3\n")
    (folder / "sub.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name == "part" or name.startswith("part.")]:
        del sys.modules[name]


def test_a_name_is_imported_when_it_is_asked_for(package):
    import part

    assert "part.two" not in sys.modules
    assert part.second == 2.0
    assert "part.two" in sys.modules
    assert "part.one" not in sys.modules


def test_all_other_statements_stay(package):
    import part

    assert (part.__version__, part.Other, part.__doc__) == ("1", 3, "A package.")
    assert "part.sub" in sys.modules


def test_from_imports_and_dir_know_the_names_too(package):
    import part
    from part import One

    assert One == 1
    assert {"One", "Two", "second"} <= set(dir(part))


def test_a_name_that_is_not_there_is_said_as_ever(package):
    import part

    with pytest.raises(AttributeError, match="module 'part' has no attribute 'Three'"):
        part.Three  # noqa: B018
