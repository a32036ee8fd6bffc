"""An update brings what is new and touches nothing that the learner wrote."""

import json

import pytest

from course.lab import work


def cell(id: str, source: str, **grading) -> dict:
    return {
        "id": id,
        "cell_type": "code",
        "source": source,
        "metadata": {"nbgrader": grading} if grading else {},
    }


def notebook(*cells: dict) -> dict:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


TEXT = cell("text", "Read this")
QOS = cell("qos", "def qos(pod): ...", solution=True)
CHECK = cell("qos-examples", "check(qos)", grade=True, locked=True, points=2)
BASE = notebook(TEXT, QOS, CHECK)


def sources(merged: dict) -> dict:
    return {one["id"]: one["source"] for one in merged["cells"]}


def test_what_the_learner_wrote_stays_and_the_rest_becomes_new():
    mine = notebook(TEXT, QOS | {"source": "def qos(pod): return 1"}, CHECK)
    new = notebook(TEXT | {"source": "Read that"}, QOS, CHECK | {"source": "check(qos, more=True)"})
    merged, changes = work.merge(BASE, mine, new)
    assert sources(merged) == {
        "text": "Read that",
        "qos": "def qos(pod): return 1",
        "qos-examples": "check(qos, more=True)",
    }
    assert changes == work.Changes([], ["text", "qos-examples"], [], [])


def test_where_both_changed_a_cell_the_learners_stays_and_it_is_said():
    mine = notebook(TEXT, QOS | {"source": "mine"}, CHECK)
    new = notebook(TEXT, QOS | {"source": "def qos(pod, node): ..."}, CHECK)
    merged, changes = work.merge(BASE, mine, new)
    assert sources(merged)["qos"] == "mine"
    assert changes.sentence() == "changed, but yours stayed: qos"


def test_the_learners_own_cells_stay_behind_what_they_stood_behind():
    mine = notebook(cell("top", "0"), TEXT, cell("note", "mine"), cell("note2", "mine too"), QOS, CHECK)
    new = notebook(cell("intro", "New"), TEXT, cell("between", "New too"), QOS, CHECK)
    merged, changes = work.merge(BASE, mine, new)
    assert list(sources(merged)) == [
        "top",
        "intro",
        "text",
        "note",
        "note2",
        "between",
        "qos",
        "qos-examples",
    ]
    assert changes.added == ["intro", "between"]


def test_cells_that_share_an_id_or_have_none_all_stay():
    nameless = {"cell_type": "code", "source": "first", "metadata": {}}
    copy = QOS | {"source": "another try"}
    mine = notebook(TEXT, QOS | {"source": "mine"}, copy, nameless, nameless | {"source": "second"}, CHECK)
    merged, changes = work.merge(BASE, mine, notebook(TEXT | {"source": "New"}, QOS, CHECK))
    assert [one["source"] for one in merged["cells"]] == [
        *("New", "mine", "another try", "first", "second", "check(qos)")
    ]
    assert changes == work.Changes([], ["text"], [], [])


def test_a_cell_that_is_gone_goes_unless_the_learner_wrote_in_it():
    new = notebook(CHECK)
    merged, changes = work.merge(BASE, notebook(TEXT, QOS | {"source": "mine"}, CHECK), new)
    assert sources(merged) == {"qos": "mine", "qos-examples": "check(qos)"}
    assert changes.removed == ["text"]


def test_a_deleted_text_stays_deleted_and_a_deleted_check_comes_back():
    merged, changes = work.merge(BASE, notebook(QOS), BASE)
    assert list(sources(merged)) == ["qos", "qos-examples"]
    assert changes.added == ["qos-examples"]


def test_a_check_that_was_changed_is_put_right_by_an_update():
    merged, _ = work.merge(BASE, notebook(TEXT, QOS, CHECK | {"source": "2"}), BASE)
    assert sources(merged)["qos-examples"] == "check(qos)"


@pytest.fixture
def project(tmp_path):
    write(tmp_path, BASE)
    return tmp_path


def write(project, content: dict, folder: str = "release") -> None:
    file = project / folder / "06_qos" / "06_qos.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


def mine(project) -> dict:
    return json.loads((project / "work" / "06_qos" / "06_qos.ipynb").read_text())


def test_the_first_time_there_is_a_copy_and_nothing_to_say(project):
    assert work.prepare(project) == {}
    assert mine(project) == BASE
    assert work.told(project) == {}


def test_an_update_says_what_changed_and_keeps_what_was_there(project):
    work.prepare(project)
    written = notebook(TEXT, QOS | {"source": "mine"}, CHECK)
    write(project, written, "work")
    write(project, notebook(TEXT | {"source": "New"}, QOS, CHECK))
    assert work.prepare(project) == {"06_qos": "changed: text"}
    assert work.told(project) == {"06_qos": "changed: text"}
    assert sources(mine(project)) == {"text": "New", "qos": "mine", "qos-examples": "check(qos)"}
    (before,) = (project / "work" / ".before").iterdir()
    assert json.loads(before.read_text()) == written
    assert work.prepare(project) == {}  # once


def test_without_an_update_nothing_is_written(project):
    work.prepare(project)
    written = notebook(TEXT, QOS | {"source": "mine"}, CHECK | {"source": "changed"})
    write(project, written, "work")
    assert work.prepare(project) == {}
    assert mine(project) == written


def test_a_broken_copy_is_put_aside(project):
    work.prepare(project)
    (project / "work" / "06_qos" / "06_qos.ipynb").write_text("{")
    assert work.prepare(project) == {}
    assert mine(project) == BASE
    (before,) = (project / "work" / ".before").iterdir()
    assert before.read_text() == "{"


def test_files_beside_the_notebook_come_along_and_stay_the_learners(project):
    data = project / "release" / "06_qos" / "data.txt"
    data.write_text("theirs")
    work.prepare(project)
    (project / "work" / "06_qos" / "data.txt").write_text("mine")
    work.prepare(project)
    assert (project / "work" / "06_qos" / "data.txt").read_text() == "mine"
