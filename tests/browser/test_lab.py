"""A learner opens the released notebook in JupyterLab, runs it, presses Validate and reads the verdict."""

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from course.project import PROJECT

UNIT = "06_qos"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def page(chromium, lab):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield page
        browser.close()


def open_notebook(page, lab, name: str) -> None:
    page.goto(f"{lab.url}/lab/tree/work/{UNIT}/{name}?token={lab.token}&reset")
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def run_all(page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


def validate(page) -> str:
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results")
    text = dialog.inner_text()
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")
    return text


def test_the_released_notebook_fails_and_says_what_is_not_written(page, lab):
    open_notebook(page, lab, f"{UNIT}.ipynb")
    run_all(page)
    # Run All reaches the end; the notebook is windowed, so the cell above has to be scrolled to.
    told = page.get_by_text("qos is not written yet")
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer").hover()
    for _ in range(100):
        if told.count():
            break
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(100)
    expect(told.first).to_be_attached()
    verdict = validate(page)
    assert "is not written yet" in verdict
    assert "0 of 4 points" in verdict


def test_a_solved_notebook_runs_to_its_end_and_passes(page, lab):
    released = nbformat.read(lab.root / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    solved = nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    solution = {
        cell.id: cell.source for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for cell in released.cells:
        cell.source = solution.get(cell.id, cell.source)
    nbformat.write(released, lab.root / "work" / UNIT / "solved.ipynb")
    open_notebook(page, lab, "solved.ipynb")
    run_all(page)
    page.get_by_text("your order and the kubelet's evict the same pods at the same seconds").wait_for(
        timeout=90_000
    )
    picture = page.locator("figure img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.naturalWidth") > 400
    assert picture.get_attribute("alt").startswith("Eviction order: fresh")
    assert "Success! Your notebook passes all the tests." in validate(page)


def test_what_a_learner_reads_has_no_broken_markdown(page, lab):
    open_notebook(page, lab, f"{UNIT}.ipynb")
    texts = page.locator(".jp-RenderedMarkdown").all_inner_texts()
    assert any("who goes first when memory runs out" in text for text in texts)
    assert [text for text in texts if "<details>" in text or "**" in text] == []


def test_a_learner_submits_from_the_assignment_list(page, lab):
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_text("Assignment List", exact=True).first.click()
    inbound = lab.root / "exchange" / "kubernetes-inside-out" / "inbound"
    before = set(inbound.iterdir()) if inbound.is_dir() else set()
    page.get_by_text("Submit", exact=True).first.click()  # the first unit in the list
    page.wait_for_function("() => document.body.innerText.includes('UTC')")
    (submitted,) = set(inbound.iterdir()) - before
    assert submitted.name.split("+")[1] == sorted(path.name for path in (lab.root / "release").iterdir())[0]
