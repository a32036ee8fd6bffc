"""A learner's day: the front door, a unit, a prediction, a wrong answer, help, the right one, points.

With COURSE_PICTURES=FOLDER the pictures of the README are taken on the way and written there.
"""

import json
import os
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from course.project import PROJECT
from tests.browser.test_lab import FLAGS, UNIT

GRAVE = ("serious", "critical")
WRONG = "def qos(pod):\n    return 'Burstable'"


@pytest.fixture(scope="module")
def page(chromium, lab):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        yield page
        browser.close()


@pytest.fixture(scope="module")
def solution() -> str:
    solved = nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    return next(cell.source for cell in solved.cells if cell.id == "qos")


def picture(page, name: str) -> None:
    folder = os.environ.get("COURSE_PICTURES")
    if folder:
        page.locator("#jp-main-dock-panel").screenshot(path=Path(folder) / f"{name}.png")


def faults(page, *within: str) -> list[str]:
    """Return what axe finds seriously wrong on the page, or within the elements given."""
    context = {"include": [[selector] for selector in within]} if within else None
    found = Axe().run(page, context=context).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} at {fault['nodes'][0]['target']} {fault['nodes'][0]['html'][:200]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]


def start(page):
    return page.frame_locator("iframe[title=Start]")


def cell(page, text: str):
    """Return the code cell that holds the text, scrolled into view."""
    return page.locator(".jp-CodeCell").filter(has_text=text).first


def run(page, cells: int = 1) -> None:
    """Run the chosen cell and the next ones, as fast as somebody who reads nothing."""
    for _ in range(cells):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(700)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()


def kept(lab) -> dict:
    return json.loads((lab.root / "work" / "progress.json").read_text())


def test_the_front_door_is_the_map(page, lab):
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    expect(start(page).get_by_role("heading", name="Kubernetes Inside Out")).to_be_visible()
    expect(start(page).get_by_role("row")).to_have_count(18)
    for tool in ("Formgrader", "Create Assignment"):  # an instructor's
        expect(page.get_by_text(tool)).to_have_count(0)
    picture(page, "front-door")


def test_the_map_opens_a_unit_in_a_tab(page):
    start(page).get_by_role("link", name="QoS classes").first.click()
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    expect(page.get_by_role("heading", name="QoS classes: who goes first")).to_be_visible()


def test_without_a_prediction_nothing_is_revealed(page, lab):
    page.locator(".jp-Notebook .jp-MarkdownCell").first.click()
    run(page, 10)
    expect(page.get_by_text("classes: predict first; commit to an answer")).to_be_visible()
    assert not (lab.root / "work" / "progress.json").exists()


def test_a_prediction_is_made_with_the_keyboard_alone(page, lab):
    first = page.get_by_label("q69", exact=True)
    first.focus()
    for name in ("q69", "q70", "q233", "q371"):
        expect(page.get_by_label(name, exact=True)).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.type("Burst")
        page.keyboard.press("Tab")
    page.wait_for_timeout(500)  # a person takes longer
    expect(page.get_by_role("button", name="Commit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Kept: you said q69: Burstable")).to_be_visible()
    entry = kept(lab)["predictions"]["06_qos/classes"]
    assert entry["answer"] == ["Burstable"] * 4
    assert "revealed" not in entry


def test_after_it_the_reveal_says_right_or_wrong_and_asks_why(page, lab):
    cell(page, "classes_said.reveal(").locator(".jp-InputArea-prompt").click()
    run(page)
    expect(page.get_by_text("your prediction has 2 of 4 right")).to_be_visible()
    page.get_by_label("What did you think?").fill("I forgot that a missing request takes the limit.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    entry = kept(lab)["predictions"]["06_qos/classes"]
    assert entry["right"] is False
    assert entry["because"].startswith("I forgot")


def test_a_unit_has_no_serious_fault_of_ours(page):
    assert faults(page, ".jp-RenderedMarkdown", ".jp-OutputArea-output") == []


def write(page, source: str) -> None:
    """Write an answer into the exercise's cell, and run it and its first check."""
    cell(page, "def qos(pod):").locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    run(page)
    check_cell(page).locator(".jp-InputArea-prompt").click()
    run(page)


def check_cell(page):
    return cell(page, "class_examples(qos")


def test_a_wrong_answer_gets_a_report_and_there_are_hints(page):
    write(page, WRONG)
    report = check_cell(page).locator(".jp-OutputArea-output")
    expect(report.first).to_contain_text("Broken rule")
    picture(page, "report")
    hint = page.locator("details").filter(has_text="Hint 1").first
    hint.scroll_into_view_if_needed()
    hint.locator("summary").click()
    expect(hint).to_have_attribute("open", "")


def test_validate_says_what_is_wrong(page):
    page.get_by_text("Validate", exact=True).first.click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("of 4 points", timeout=90_000)
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")


def test_the_right_answer_is_checked_and_its_points_are_on_the_map(page, lab, solution):
    write(page, solution)
    expect(check_cell(page).locator(".jp-OutputArea-output").first).to_contain_text("rules hold in all")
    page.get_by_role("button", name="Check my unit").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Unit 06 is checked", timeout=120_000)
    expect(dialog).to_contain_text("qos-examples: 4 of 4")
    dialog.get_by_role("button", name="Read the report").click()
    report = page.frame_locator("iframe[title='Report 06']")
    expect(report.get_by_role("heading", name="qos-examples: 4 of 4")).to_be_visible()
    report.get_by_role("link", name="All units").click()
    points = kept(lab)["checks"][UNIT]["points"]
    assert points >= 4
    expect(report.get_by_role("row", name="QoS classes")).to_contain_text(f"{points:g} / 18")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "mistakes", f"report/{UNIT}"])
def test_our_pages_have_no_serious_fault(page, lab, path, theme):
    page.goto(f"{lab.url}/course/{path}?theme={theme}&token={lab.token}")
    assert page.locator("h1").count() == 1
    assert faults(page) == []


def test_the_feedback_page_lets_nothing_run_and_has_no_serious_fault(page, lab):
    context = page.context.browser.new_context(bypass_csp=True)  # or axe could not run in it either
    looked_at = context.new_page()
    answer = looked_at.goto(f"{lab.url}/course/feedback/{UNIT}?token={lab.token}")
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    expect(looked_at.get_by_text("QoS classes").first).to_be_visible()
    assert faults(looked_at) == []
    context.close()


def test_run_all_on_the_untouched_unit_owes_no_prediction(page, lab):
    """Run All sends all cells at once, so nobody could have answered; the stated defaults are judged."""
    page.goto(f"{lab.url}/lab/tree/work/08_rollouts/08_rollouts.ipynb?token={lab.token}&reset")
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(page.get_by_text("no prediction yet; the default has").first).to_be_visible(timeout=90_000)
    expect(page.get_by_text("predict first")).to_have_count(0)
    assert not [name for name in kept(lab)["predictions"] if name.startswith("08_rollouts/")]
