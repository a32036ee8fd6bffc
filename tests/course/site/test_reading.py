"""Pages to read: outputs and pictures of a unit, no solution, nothing hidden, nothing that runs."""

import re

import nbformat
import pytest

from course.project import PROJECT
from course.site import reading

UNIT = "06_qos"


@pytest.fixture(scope="module")
def page() -> str:
    return reading.page(PROJECT, UNIT, "06 · QoS classes & more")


@pytest.fixture(scope="module")
def built():
    return nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)


def test_it_has_a_title_and_leads_to_where_the_unit_runs(page):
    assert "<title>06 · QoS classes &amp; more</title>" in page
    assert page.count('href="../lab/index.html?path=work/06_qos/06_qos.ipynb"') == 1


def test_it_shows_outputs_and_pictures(page):
    assert "26 pods refused" in page
    assert re.search(r'<img[^>]* alt="Eviction order: [^"]*" src="data:image/svg\+xml;base64,', page)


def test_it_runs_and_loads_nothing(page):
    assert "<script" not in page
    assert re.findall(r'(?:src|srcset)="(?!data:)[^"]*"|<link [^>]*href="[^"]*"|@import[^;]*', page) == []


def test_it_has_no_solution_and_nothing_hidden(built):
    released = nbformat.read(PROJECT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in released.cells}
    shown = reading.with_outputs(released, built)
    assert {cell.id: cell.source for cell in shown.cells} == sources
    assert "BEGIN HIDDEN" not in str(shown)


def test_what_an_exercise_and_its_tests_show_is_left_out(built):
    released = nbformat.read(PROJECT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    outputs = {
        cell.id: cell.outputs for cell in reading.with_outputs(released, built).cells if "outputs" in cell
    }
    told = {cell.id for cell in built.cells if cell.cell_type == "code" and cell.outputs}
    silent = {id for id in told if not outputs[id]}
    assert {"qos-examples", "evict-order-unseen"} <= silent
    assert all(id.startswith(("qos", "oom-adj", "my-evictions", "evict-order")) for id in silent)
