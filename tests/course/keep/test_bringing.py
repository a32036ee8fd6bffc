"""Kept parts come as functions and as components; in a notebook the cell becomes their code."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from course.keep import bring, component, files
from course.keep.bringing import NOTHING
from course.keep.files import CHECKED, Section
from insideout.cluster import Cluster

AT = "2026-01-01T00:00:00+00:00"
ONE_MORE = "def reconcile(n, pods):\n    return max(n + 1 - len(pods), 0), []"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_PREDICT", raising=False)  # the tests run as a build does, where nobody looks

    def keep(unit: str, exercise: str, source: str) -> None:
        files.keep(files.folder(), unit, [Section(exercise, CHECKED, AT, source)])

    return keep


def test_without_kept_parts_it_says_what_to_do(kept, capsys):
    assert bring() == {}
    assert capsys.readouterr().out == f"{NOTHING}\n"


def test_what_cannot_be_used_is_left_out_and_said(kept, capsys):
    kept("01_components", "reconcile", ONE_MORE)
    kept("08_rollouts", "rolling-step", "def rolling_step(:")
    kept("09_statefulsets", "sts-sync", "def another():\n    return 1")
    kept("13_networking", "allowed", "def allowed(*args):\n    global x\n    return True")
    assert list(bring()) == ["reconcile"]
    said = capsys.readouterr().out
    assert "Left out: kept/08_rollouts.py, rolling-step: line 1 is not Python." in said
    assert "Left out: kept/09_statefulsets.py, sts-sync: it defines no sts_sync." in said
    assert "Left out: allowed: 'global' cannot move to another notebook; write it without." in said
    assert "1 parts of yours: reconcile." in said


def test_in_a_notebook_the_cell_becomes_the_code(kept, monkeypatch, capsys):
    kept("01_components", "reconcile", ONE_MORE)
    written = []

    class Shell:
        kernel = object()

        def set_next_input(self, text: str, *, replace: bool) -> None:
            assert replace
            written.append(text)

    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: Shell())
    bring()
    assert "def from_01_reconcile():" in written[0]
    assert "Run it once more." in capsys.readouterr().out


def test_a_kept_part_is_a_component_of_a_cluster(kept):
    kept("01_components", "reconcile", ONE_MORE)
    with Cluster.create(nodes=1) as cluster:
        cluster.replace("replicaset-controller", component("replicaset-controller"))
        client = cluster.client("test")
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "web:1"}]}}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
        client.create("deployments", {"metadata": {"name": "web"}, "spec": spec}, "default")
        cluster.run(seconds=5)
        assert len(client.list("pods", "default")["items"]) == 3
        assert cluster.errors("replicaset-controller") == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("deployment-controller", "needs rolling_step, and you have not kept"),
        ("nobody", "no place 'nobody' is a learner's to fill"),
        ("kubelet", "no place 'kubelet' is a learner's to fill"),
    ],
)
def test_a_place_that_nothing_fills_is_said(kept, place, said):
    with pytest.raises(LookupError, match=said):
        component(place)


def test_two_units_exercises_of_one_name_are_two_parts(kept, capsys):
    kept("01_components", "reconcile", "def reconcile(:")
    kept("10_operators", "reconcile", "def reconcile(api, key):\n    return key")
    functions = bring()
    assert list(functions) == ["operator"]
    assert functions["operator"](None, "default/web") == "default/web"
    assert "Left out: kept/01_components.py" in capsys.readouterr().out


def test_etcd_is_no_place_for_a_component(kept):
    with pytest.raises(LookupError, match="no place 'etcd' is a learner's to fill"):
        component("etcd")
