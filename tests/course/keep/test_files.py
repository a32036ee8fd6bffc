"""Kept code is plain Python in a file a unit; what passed is not lost by what did not."""

import pytest

from course.keep import files
from course.keep.files import CHECKED, VALIDATED, Section, Unusable

UNIT = "09_statefulsets"


def section(
    source: str, exercise: str = "sts-sync", how: str = CHECKED, at: str = "2026-01-01T00:00:00+00:00"
):
    return Section(exercise, how, at, source)


def test_what_is_kept_is_read_again_and_is_python(tmp_path):
    first, second = section("def f():\n    return '# %%'\n# %% no mark"), section("x = 1", "pvc-owner")
    assert files.keep(tmp_path, UNIT, [first, second]) == ["sts-sync", "pvc-owner"]
    assert files.read(tmp_path, UNIT) == {"sts-sync": first, "pvc-owner": second}
    compile((tmp_path / f"{UNIT}.py").read_text(), UNIT, "exec")
    assert files.units(tmp_path) == [UNIT]


def test_an_exercise_that_is_not_among_the_new_ones_stays(tmp_path):
    files.keep(tmp_path, UNIT, [section("a = 1"), section("b = 1", "pvc-owner")])
    assert files.keep(tmp_path, UNIT, [section("a = 2")]) == ["sts-sync"]
    assert {one.source for one in files.read(tmp_path, UNIT).values()} == {"a = 2", "b = 1"}


def test_a_validated_version_does_not_displace_a_checked_one(tmp_path):
    files.keep(tmp_path, UNIT, [section("a = 1", how=VALIDATED)])
    assert files.keep(tmp_path, UNIT, [section("a = 2", how=CHECKED)]) == ["sts-sync"]
    assert files.keep(tmp_path, UNIT, [section("a = 3", how=VALIDATED)]) == []
    assert files.read(tmp_path, UNIT)["sts-sync"].source == "a = 2"


def test_the_same_code_is_not_written_again(tmp_path):
    files.keep(tmp_path, UNIT, [section("a = 1")])
    assert files.keep(tmp_path, UNIT, [section("a = 1", at="2027-01-01T00:00:00+00:00")]) == []
    assert files.read(tmp_path, UNIT)["sts-sync"].at.startswith("2026")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:", "09.py, sts-sync: line 1 is not Python"),
        ("x = 1 / 0", "fails when it runs, ZeroDivisionError"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(source, said):
    with pytest.raises(Unusable, match=said):
        files.run(section(source), "09.py")


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert files.units(tmp_path / "none") == []
    assert files.read(tmp_path / "none", UNIT) == {}
