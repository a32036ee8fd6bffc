"""What a learner wrote in unit 06 passes its checks there, and is a part of the cluster of unit 17."""

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from course.project import PROJECT
from tests.browser.test_lab import FLAGS

EARLIER, LATER = "06_qos", "17_capstone"
WRITTEN = "evict-order"
BUSY_MS = 180_000
"""How long a machine with much else to do may take."""


@pytest.fixture(scope="module")
def page(chromium, lab):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(BUSY_MS)
        expect.set_options(timeout=BUSY_MS)
        yield page
        browser.close()


def open_unit(page, lab, unit: str) -> None:
    page.goto(f"{lab.url}/lab/tree/work/{unit}/{unit}.ipynb?token={lab.token}&reset")
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def run(page, cells: int) -> None:
    """Run the chosen cell and the next ones, one after the other."""
    for _ in range(cells):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(700)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()


def cell(page, text: str):
    return page.locator(".jp-CodeCell").filter(has_text=text).first


def write_one_exercise(lab) -> None:
    """Put a solution into the learner's notebook, and leave its other exercises as they were handed out."""
    solved = nbformat.read(PROJECT / "source" / EARLIER / f"{EARLIER}.ipynb", as_version=4)
    [source] = [one.source for one in solved.cells if one.id == WRITTEN]
    place = lab.root / "work" / EARLIER / f"{EARLIER}.ipynb"
    notebook = nbformat.read(place, as_version=4)
    [exercise] = [one for one in notebook.cells if one.id == WRITTEN]
    exercise.source = source
    nbformat.write(notebook, place)


def test_validate_keeps_the_exercise_that_passes_and_no_other(page, lab):
    open_unit(page, lab, EARLIER)  # it is handed out when it is first opened
    write_one_exercise(lab)
    open_unit(page, lab, EARLIER)
    page.get_by_text("Validate", exact=True).first.click()
    expect(page.locator(".jp-Dialog")).to_contain_text("Validation Results")
    page.locator(".jp-Dialog").get_by_role("button").last.click()
    text = (lab.root / "work" / "kept" / f"{EARLIER}.py").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("# %% ")] == [
        line for line in text.splitlines() if line.startswith(f"# %% {WRITTEN}, validated")
    ]
    assert "def evict_order(" in text


def test_bring_writes_the_kept_part_into_its_own_cell(page, lab):
    open_unit(page, lab, LATER)
    page.locator(".jp-Notebook .jp-MarkdownCell").first.click()
    run(page, 8)
    parts = cell(page, "def from_06_evict_order():")
    expect(parts).to_contain_text(f"Kept from {EARLIER}, validated")
    expect(parts).not_to_contain_text("bring()")
    expect(parts).to_contain_text("1 parts of yours are in this cell now")


def test_the_cluster_boots_with_the_part_marked_as_the_learners(page):
    cell(page, "def from_06_evict_order():").locator(".jp-InputArea-prompt").click()
    run(page, 3)
    rows = cell(page, "boots(PARTS)").locator(".jp-OutputArea-output")
    expect(rows.first).to_contain_text("evict_order")
    [kubelet] = [line for line in rows.first.inner_text().splitlines() if line.startswith("kubelet")]
    assert "in part yours" in kubelet
    assert "kube-scheduler" in rows.first.inner_text()
