"""The table of the conformance specs: whole, and of files that exist."""

from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parent.parent
NEEDS = {"access", "admission", "api", "controllers", "images", "kubectl", "kubelet", "packets", "scheduler"}
ENDS = {"failed", "noreport", "not run", "panicked", "passed", "timedout"}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    """Give the specs, each as its columns."""
    lines = (HERE / "names.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_every_spec_is_there_once(rows: list[list[str]]) -> None:
    """Upstream's list has 446 of them."""
    assert len(rows) == 446
    assert {len(row) for row in rows} == {6}
    assert max(Counter(row[0] for row in rows).values()) == 1
    assert all(row[0].endswith("]") and row[1].endswith(".go") for row in rows)


def test_columns_say_known_things(rows: list[list[str]]) -> None:
    """What a spec needs and how it ends are of a few words."""
    assert {row[3] for row in rows} == NEEDS
    assert {row[4] for row in rows} == ENDS


def test_the_tests_exist(rows: list[list[str]]) -> None:
    """Every test that a spec names is a file."""
    named = {row[5] for row in rows} - {"-"}
    assert [name for name in sorted(named) if not (TESTS / name).is_file()] == []


def test_every_test_of_specs_is_named(rows: list[list[str]]) -> None:
    """No file of specs is without a spec in the table."""
    named = {row[5] for row in rows}
    files = {str(path.relative_to(TESTS)) for path in HERE.glob("test_*.py")} - {
        "conformance/specs/test_names.py"
    }
    assert files <= named
