"""Which kernels tell what a cell came with: ipykernel's shell does, Pyodide's has a kernel that does."""

from types import SimpleNamespace

import pytest

from course.learn import frontend

REQUEST = {"metadata": {"cellId": "qos-examples"}}


@pytest.mark.parametrize(
    ("shell", "cell"),
    [
        (SimpleNamespace(get_parent=lambda: REQUEST), "qos-examples"),
        (SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: REQUEST)), "qos-examples"),
        (SimpleNamespace(get_parent=dict), ""),
        (SimpleNamespace(), ""),
        (None, ""),
    ],
)
def test_a_cell_is_named_where_a_front_end_runs_it(monkeypatch, shell, cell):
    monkeypatch.setattr(frontend, "_shell", lambda: shell)
    assert frontend.cell_id() == cell
    assert frontend.someone_is_there() == bool(cell)
