"""A reader of the static site: everything in the page, nothing from elsewhere, nothing lost.

The site is built with one unit and served on loopback; Chromium resolves no other name.  The slow test opens
all units.
"""

import json
import threading
from collections.abc import Iterator
from typing import NamedTuple

import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from course.learn import keeping
from course.learn.moving import bring_in
from course.project import PROJECT
from course.site import pyodide
from course.site.build import build
from course.site.serve import server
from insideout.usage import UsageError
from tests.browser.test_day import WRONG, faults
from tests.browser.test_lab import FLAGS, UNIT

NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
IDLE = "Python (Pyodide) | Idle"
STOP = "[data-command='notebook:interrupt-kernel'], button[title*='Interrupt']"
KERNEL_MS = 180_000
"""Until Python is there: seconds on a machine of one's own, more among other tests."""
UNITS = sorted(path.parent.name for path in (PROJECT / "release").glob("*/*.ipynb"))

READ = """async (path) => {
  const opened = indexedDB.open("Kubernetes Inside Out");
  const database = await new Promise((done) => { opened.onsuccess = () => done(opened.result); });
  const asked = database.transaction("files").objectStore("files").get(path);
  const found = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  database.close();
  return found ? found.content : null;
}"""


class Site(NamedTuple):
    """A served site, and all addresses elsewhere that a page asked for."""

    url: str
    elsewhere: list[str]


def built(tmp_path_factory, units) -> Iterator[str]:
    if missing := pyodide.why_not():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("site") / "site"
    try:
        build(PROJECT, folder, PROJECT / "build" / "cache", units)
    except UsageError as problem:
        if "could not fetch" in str(problem):
            pytest.skip(f"the site cannot be built here: {problem}")
        raise
    with server(folder) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture(scope="module")
def url(chromium, tmp_path_factory) -> Iterator[str]:
    yield from built(tmp_path_factory, [UNIT])


@pytest.fixture(scope="module")
def elsewhere() -> list[str]:
    """Return the addresses that the page asked for and that are not the site's."""
    return []


@pytest.fixture(scope="module")
def page(chromium, url, elsewhere, tmp_path_factory) -> Iterator[Page]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            args=[*FLAGS, NO_NETWORK],
            viewport={"width": 1400, "height": 1000},
        )
        context.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        page = context.new_page()
        ours = (url, "data:", "blob:")
        context.on("request", lambda asked: asked.url.startswith(ours) or elsewhere.append(asked.url))
        yield page
        context.close()


def ready(page) -> None:
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text(IDLE).wait_for(timeout=KERNEL_MS)


def check(page) -> str:
    """Press "Check my unit" and return what the dialog says; leave it open."""
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .course-check").click()
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for(timeout=KERNEL_MS)
    return dialog.inner_text()


def write(page, source: str) -> None:
    """Write an answer into the exercise's cell."""
    page.locator(".jp-CodeCell").filter(has_text="def qos(pod):").first.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)


def progress(page) -> dict:
    """Return the learner's file as it is in the browser."""
    import base64

    content = page.evaluate(READ, "work/progress.json")
    try:
        return json.loads(content)
    except ValueError:
        return json.loads(base64.b64decode(content))


@pytest.fixture(scope="module")
def solution() -> str:
    solved = nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    return next(cell.source for cell in solved.cells if cell.id == "qos")


def test_the_front_door_is_a_page_without_jupyterlab(page, url):
    page.goto(f"{url}/index.html")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_text("You have 0 of 18 points")).to_be_visible()
    assert faults(page) == []


def test_a_unit_opens_from_it_and_python_comes_up(page):
    page.get_by_role("link", name="QoS classes", exact=True).click()
    ready(page)


def test_a_wrong_answer_gets_a_report(page):
    write(page, WRONG)
    said = check(page)
    assert "qos-examples: " in said
    assert "These are the cases that you can see" in said
    entry = progress(page)["checks"][UNIT]
    assert (entry["points"], entry["most"]) == (0, 18)
    assert "Broken rule" in entry["reports"]["qos-examples"]


def test_the_report_is_a_page_of_its_own(page):
    page.get_by_role("button", name="Read the report").click()
    report = page.frame_locator('iframe[title="Report 06"]')
    expect(report.get_by_role("heading", name="qos-examples")).to_be_visible()
    expect(report.get_by_text("Broken rule").first).to_be_visible()


def test_pictures_are_drawn(page):
    page.get_by_role("tab", name=f"{UNIT}.ipynb").click()
    cells = json.dumps(page.evaluate(READ, f"work/{UNIT}/{UNIT}.ipynb"))
    assert "data:image/svg+xml;base64" in cells


def test_the_right_answer_earns_its_points(page, solution):
    write(page, solution)
    said = check(page)
    assert "qos-examples: 4 of 4" in said
    assert "qos-records: 3 of 3" in said
    page.get_by_role("button", name="Close").click()


def test_a_loop_without_an_end_in_an_answer_is_stopped(page):
    write(page, "def qos(pod):\n    while True:\n        pass")
    said = check(page)
    assert "qos-examples: 0 of 4" in said
    assert "is there a loop without an end?" in progress(page)["checks"][UNIT]["reports"]["qos-examples"]
    page.get_by_role("button", name="Close").click()


def test_a_lost_tab_loses_nothing_that_was_written(page, url):
    write(page, "def qos(pod):\n    return 'my own words'")
    page.keyboard.press("Control+S")
    page.wait_for_function(
        f"async () => JSON.stringify(await ({READ})('work/{UNIT}/{UNIT}.ipynb')).includes('my own words')"
    )
    page.goto("about:blank")
    page.goto(f"{url}/lab/index.html?path=work/{UNIT}/{UNIT}.ipynb")
    ready(page)
    expect(page.locator(".jp-CodeCell").filter(has_text="my own words")).to_be_visible()


def test_files_come_from_the_server_and_not_through_the_service_worker(page):
    """Browsers keep compiled JavaScript of such files only; what a worker hands on has no size."""
    sizes = page.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter((one) => one.name.includes("/build/")).map((one) => one.transferSize)"""
    )
    assert sizes
    assert all(sizes)


def run_without_an_end(page, source: str) -> None:
    write(page, source)
    page.keyboard.press("Shift+Enter")
    page.get_by_text("Python (Pyodide) | Busy").wait_for()


def test_the_stop_button_ends_a_cell_and_the_next_one_runs(page):
    run_without_an_end(page, "while True:\n    pass")
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").locator(STOP).click()
    page.get_by_text(IDLE).wait_for()
    cell = page.locator(".jp-CodeCell").filter(has_text="while True:").first
    expect(cell.get_by_text("KeyboardInterrupt").first).to_be_visible()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("def qos(pod):\n    return 6 * 7\n\n\nqos({})")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").get_by_text("42", exact=True).first).to_be_visible()


def test_where_nothing_reaches_a_cell_the_page_says_what_to_do(page):
    run_without_an_end(page, "sum(iter(int, 1))")  # in C, which does not look for signals
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").locator(STOP).click()
    expect(page.locator(".jp-Dialog")).to_contain_text("choose Kernel, Restart Kernel; what you wrote stays")
    page.keyboard.press("Enter")


def test_a_restart_stops_a_cell_too(page):
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    page.keyboard.press("0")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.get_by_text(IDLE).wait_for(timeout=KERNEL_MS)
    expect(page.locator(".jp-CodeCell").filter(has_text="sum(iter(int, 1))").first).to_be_visible()


def test_the_points_are_on_the_map_and_leave_as_a_file(page, url, tmp_path, monkeypatch):
    page.goto(f"{url}/index.html")
    points = progress(page)["checks"][UNIT]["points"]
    expect(page.locator(f'tr[data-unit="{UNIT}"] [data-points]')).to_have_text(f"{points:g} / 18")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my progress as a file").click()
    text = download.value.path().read_text("utf-8")
    mine = keeping.Kept(tmp_path / "progress.json")
    assert bring_in(mine, text) > 0
    assert mine.get("checks", UNIT)["points"] == points


def test_a_file_of_the_installed_course_is_read_in(page, tmp_path):
    mine = keeping.Kept(tmp_path / "progress.json")
    mine.put("checks", UNIT, {"points": 18, "most": 18, "at": keeping.now(), "reports": {}})
    page.get_by_label("Read in saved progress").set_input_files(mine.path)
    expect(page.get_by_role("status")).to_have_text("1 entries were read in.")
    expect(page.locator(f'tr[data-unit="{UNIT}"] [data-points]')).to_have_text("18 / 18")
    page.get_by_label("Read in saved progress").set_input_files(mine.path)
    expect(page.get_by_role("status")).to_have_text("There was nothing new in it.")


def test_a_file_that_is_none_is_refused_with_its_reason(page, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"version": 2}')
    page.get_by_label("Read in saved progress").set_input_files(file)
    expect(page.get_by_role("status")).to_have_text(
        "It was not read in: it is not a file of progress of version 1."
    )


def test_nothing_was_asked_for_elsewhere(page, elsewhere):
    assert elsewhere == []


@pytest.fixture(scope="module")
def whole_url(chromium, tmp_path_factory) -> Iterator[str]:
    yield from built(tmp_path_factory, [])


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_runs_to_its_end(chromium, whole_url, tmp_path, unit):
    """All cells of the untouched release run; only cells that wait for an exercise end with an error."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=chromium, args=[*FLAGS, NO_NETWORK]
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{whole_url}/lab/index.html?path=work/{unit}/{unit}.ipynb")
        ready(page)
        check(page)
        notebook = page.evaluate(READ, f"work/{unit}/{unit}.ipynb")
        context.close()
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["source"] and not cell["execution_count"]] == []
    errors = [
        (cell["id"], output["ename"], output["evalue"])
        for cell in code
        for output in cell["outputs"]
        if output["output_type"] == "error" and "NotImplementedError" not in output["ename"]
    ]
    assert errors == []
