"""A learner at a front end: cells with requests, as a kernel in JupyterLab gives them."""

from datetime import UTC, datetime, timedelta

import pytest
from IPython.core.events import EventManager, available_events

import course.learn.frontend as frontend
from course.learn import keeping


class Shell:
    """What the package asks a kernel's shell: the request of the cell, and to be told of cells."""

    def __init__(self) -> None:
        self.events = EventManager(self, available_events)
        self.parent: dict = {}
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.clock = 0.0

    def get_parent(self) -> dict:
        return self.parent

    def cell(self, *, sent_after_s: float, waited_s: float, takes_s: float = 0.01):
        """Begin a cell whose request was sent so long after the last, on a kernel idle for so long."""
        self.time += timedelta(seconds=sent_after_s)
        self.clock += waited_s
        self.parent = {"header": {"date": self.time}, "metadata": {"cellId": "a"}}
        self.events.trigger("pre_run_cell", None)
        self.clock += takes_s

    def done(self) -> None:
        self.events.trigger("post_run_cell", None)


@pytest.fixture
def progress(tmp_path, monkeypatch):
    """Return the learner's file, in a folder of the test."""
    file = tmp_path / "mine" / "progress.json"
    monkeypatch.setenv(keeping.VARIABLE, str(file))
    monkeypatch.setattr(keeping, "_open", {})
    return file


@pytest.fixture
def restart(monkeypatch):
    """Return what forgets all that a kernel holds, as a restart does."""
    return lambda: monkeypatch.setattr(keeping, "_open", {})


@pytest.fixture
def shown(monkeypatch):
    """Return the list of texts that cells show."""
    texts: list[str] = []

    def show(text: str, body: str = "") -> None:
        texts.append(text)

    for module in ("predicting", "verdict", "reviewing"):
        monkeypatch.setattr(f"course.learn.{module}.show", show)
    return texts


@pytest.fixture
def shell(monkeypatch, progress, shown):
    """Return a shell with a learner at it, without widgets; the first cell has begun."""
    shell = Shell()
    monkeypatch.setattr(frontend, "_shell", lambda: shell)
    monkeypatch.setattr(frontend, "monotonic", lambda: shell.clock)
    monkeypatch.setattr("course.learn.predicting.has_widgets", lambda: False)
    monkeypatch.setattr("course.learn.reviewing.has_widgets", lambda: False)
    monkeypatch.delenv("COURSE_PREDICT", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", "work/06_qos/06_qos.ipynb")
    shell.cell(sent_after_s=0, waited_s=0)
    return shell
