"""The static site: how big it is, what a browser loads and when, and the time to the first pod that runs.

    python -m benchmarks.site [FOLDER] [--runs N]

FOLDER is a built site (build/site when none is named; `make site` builds it), served on loopback.  Each run
starts Chromium with an empty profile, opens unit 01 by its link, and runs its cells down to the first
cluster, as a reader does who presses Shift+Enter as soon as the notebook says that Python is idle: that is
*cold*.  Then Chromium is ended and started again on the same profile: *warm*.  Times are in seconds since the
link was followed; processor seconds are those of all of Chromium's processes until then.  Megabytes (10^6
bytes) are what the server sent.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page, sync_playwright

from course.project import PROJECT
from course.site.serve import Handler, server

UNIT = "01_components"
FIRST = ("imports", "web-manifest", "first-look")
"""The unit's cells down to the first cluster, by their ids."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE_MS = 180_000


class Mark(NamedTuple):
    """How far a reader is: what is there, and until then seconds, processor seconds, and MB sent."""

    name: str
    seconds: float
    processor_s: float
    sent_mb: float


class Counting(Handler):
    """Serves files as the course does, and counts their bytes."""

    sent_bytes = 0

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, or a list of a folder's files."""
        before = source.tell()
        super().copyfile(source, outputfile)
        Counting.sent_bytes += source.tell() - before


def processor_s(profile: Path) -> float:
    """Return the processor seconds of Chromium's processes on this profile; 0 where there is no /proc."""
    spent, family = 0, set()
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it has ended
            continue
        stats[int(folder.name)] = (int(after_name[1]), int(after_name[11]) + int(after_name[12]))
        if str(profile) in command:
            family.add(int(folder.name))
    for pid, (parent, ticks) in stats.items():
        above = parent
        while above in stats and above not in family:
            above = stats[above][0]
        if pid in family or above in family:
            spent += ticks
    return spent / os.sysconf("SC_CLK_TCK")


def visit(context: BrowserContext, url: str, profile: Path) -> list[Mark]:
    """Follow the link to the unit, run it to its first cluster, and return what was there when."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    marks: list[Mark] = []
    Counting.sent_bytes = 0
    begin = time.perf_counter()

    def mark(name: str) -> None:
        seconds = time.perf_counter() - begin
        marks.append(Mark(name, seconds, processor_s(profile), Counting.sent_bytes / 1e6))

    page.goto(f"{url}/lab/index.html?path=work/{UNIT}/{UNIT}.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    mark("notebook")
    page.get_by_text("Python (Pyodide) | Idle").wait_for()
    mark("Python idle")
    run_first_cells(page)
    mark("pods Running")
    return marks


def run_first_cells(page: Page) -> None:
    """Run the cells down to the first cluster and wait for its pods."""
    notebook = json.loads((PROJECT / "release" / UNIT / f"{UNIT}.ipynb").read_text("utf-8"))
    source = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    for name in FIRST:
        cell = page.locator(".jp-CodeCell").filter(has_text=source[name].splitlines()[0]).first
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output").filter(has_text="Running").first.wait_for()


def run(url: str, chromium: str) -> tuple[list[Mark], list[Mark]]:
    """Return the marks of a cold visit and of a warm one."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="course-site-") as folder:
        profile = Path(folder)
        visits = []
        for _ in range(2):
            context = playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium, args=FLAGS, viewport={"width": 1400, "height": 1000}
            )
            visits.append(visit(context, url, profile))
            context.close()
    return visits[0], visits[1]


def sizes(site: Path) -> list[str]:
    """Return lines: the site's size, and how much of it each part is."""
    parts = {
        "Python and packages": site / "static",
        "JupyterLab": site / "build",
        "pages to read": site / "read",
        "notebooks": site / "files",
    }
    size_mb = {name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
               for name, folder in parts.items()}  # fmt: skip
    whole_mb = sum(file.stat().st_size for file in site.rglob("*") if file.is_file()) / 1e6
    return [f"site {whole_mb:.1f} MB: " + ", ".join(f"{name} {mb:.1f}" for name, mb in size_mb.items())]


def main() -> int:
    """Print the sizes, and a line for each visit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site")
    parser.add_argument("site", nargs="?", type=Path, default=PROJECT / "build" / "site", metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=3, help="visits of each kind; 3 by default")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (options.site / "index.html").is_file():
        lacks = "no Chromium here" if chromium is None else f"{options.site} holds no site: make site"
        print(lacks, file=sys.stderr)
        return 2
    print("\n".join(sizes(options.site)), flush=True)
    with server(options.site, handler=Counting) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_port}"
        for _ in range(options.runs):
            for kind, marks in zip(("cold", "warm"), run(url, chromium), strict=True):
                told = ", ".join(f"{mark.name} {mark.seconds:.1f} s ({mark.processor_s:.1f} processor s,"
                                 f" {mark.sent_mb:.1f} MB)" for mark in marks)  # fmt: skip
                print(f"{kind} {told}", flush=True)
        serving.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
