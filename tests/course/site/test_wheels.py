"""The wheels of the site: pure Python, the versions that are installed here, and no answers."""

import re

import pytest

from course.project import PROJECT
from course.site import wheels
from insideout.usage import UsageError


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    return {
        wheel.name: wheel
        for wheel in wheels.collect(PROJECT, tmp_path_factory.mktemp("work"), [], ["06_qos"])
    }


def files(wheel) -> set[str]:
    return {path.relative_to(wheel.folder).as_posix() for path in wheel.folder.rglob("*") if path.is_file()}


def test_the_versions_are_those_of_the_constraints(collected):
    text = (PROJECT / "constraints.txt").read_text("utf-8")
    pinned = {
        wheels.canonical(name): version for name, version in re.findall(r"^([\w.-]+)==(.+)$", text, re.M)
    }
    others = set(collected) - {wheels.OURS, "jedi", "piplite"}
    assert {name: collected[name].version for name in others} == {name: pinned[name] for name in others}


def test_nothing_compiled_is_among_them(collected):
    assert [
        name for wheel in collected.values() for name in files(wheel) if name.endswith((".so", ".pyd"))
    ] == []


def test_the_course_comes_without_lessons_and_without_what_grades(collected):
    ours = files(collected[wheels.OURS])
    assert "course/units/u06_qos/checks.py" in ours
    assert "insideout/records/qos.jsonl" in ours
    assert [name for name in ours if name.endswith("lesson.py")] == []
    assert [name for name in ours if re.match(r"course/(grading|sandbox|lab|build|site)/", name)] == []


def test_the_notebooks_in_it_are_the_released_ones(collected):
    name = "release/06_qos/06_qos.ipynb"
    assert (collected[wheels.OURS].folder / name).read_bytes() == (PROJECT / name).read_bytes()


def test_the_models_texts_are_there_for_the_schema(collected):
    assert "kubernetes/client/models/v1_pod.py" in files(collected["kubernetes"])
    assert [name for name in files(collected["kubernetes"]) if name.startswith("kubernetes/aio")] == []


def test_a_package_with_compiled_parts_is_refused(tmp_path, monkeypatch):
    monkeypatch.delitem(wheels.LEFT_OUT, "cryptography")
    with pytest.raises(UsageError, match="has compiled parts, which a browser cannot load"):
        wheels.collect(PROJECT, tmp_path / "work", [], [])


def test_the_same_content_is_packed_into_the_same_bytes(collected, tmp_path):
    wheel = collected["six"]
    one, other = tmp_path / "one", tmp_path / "other"
    wheels._pack(wheel, one)
    wheels._pack(wheel, other)
    assert one.read_bytes() == other.read_bytes()
