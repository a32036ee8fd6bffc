"""The site's front door: the map of the units as a plain page, which needs no JupyterLite to be read.

The points on it are the reader's own: `static/site.js` reads them from the browser's database.  Without
JavaScript it is a list of links.
"""

import html
from collections.abc import Iterable
from importlib import resources

from course.learn.keeping import Content
from course.learn.standing import Map, Standing, standing
from course.project import PROJECT

EMPTY: Content = {"predictions": {}, "reviews": {}, "checks": {}}

CANNOT = (
    "Not in a browser: grading in a sandbox with cases that you have not seen, programs of a machine"
    " (etcd, kopf), and the kernel's own network. Where a unit uses one of them, it shows what was recorded."
)


_ROOT = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>'
"""JupyterLite's pages look into the page above them for it: here is the site's root."""


def page(title: str, body: Iterable[str], *, up: str = "", head: str = "") -> str:
    """Return a whole page of the site; `up` is the way from it to the site's root, such as "../"."""
    style = (resources.files("course.lab") / "static" / "course.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style>{head}</head><body><main>{''.join(body)}</main>"
        f'<script src="{up}site.js"></script></body></html>\n'
    )


def index(units: Iterable[str]) -> str:
    """Return the front door of a site with these units."""
    at = standing(PROJECT, EMPTY)
    return page("Kubernetes Inside Out", _start(at, set(units)), head=_ROOT)


def _start(at: Map, units: set[str]) -> Iterable[str]:
    here = [one for one in at.units if one.unit.name in units]
    most = sum(one.most for one in here)
    first = here[0].unit
    yield "<h1>Kubernetes Inside Out</h1>"
    yield (
        "<p>How Kubernetes works inside, in notebooks whose exercises are graded on the spot. All of it"
        " runs in this browser: no account, no server, nothing to install. What you write stays here.</p>"
    )
    yield f'<p>You have <strong><span id="points">0</span> of {most:g}</strong> points.</p>'
    yield (
        f'<p><a class="go" id="go" href="{run_link(first.name)}" data-open="{path_of(first.name)}">'
        f"Begin with {first.number} · {html.escape(first.title)}</a></p>"
    )
    yield '<p id="status" role="status"></p>'
    words = ("", "Unit", "Minutes", "Your points", "State", "")
    head = "".join(f'<th scope="col">{word}</th>' for word in words)
    rows = "".join(_row(one) for one in here)
    yield f"<table><caption>The units</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    yield (
        '<h2>Your progress</h2><p><button id="save">Save my progress as a file</button></p>'
        '<p><label>Read in saved progress: <input type="file" id="file" accept=".json"></label></p>'
        "<p>The file has your predictions, answers and points. The installed course reads it, and writes such"
        " files. To keep a notebook, download it from the File menu.</p>"
    )
    yield f"<p>{CANNOT}</p>"


def _row(one: Standing) -> str:
    unit = one.unit
    about = f'aria-label="Report of unit {unit.number}"'
    return (
        f'<tr data-unit="{unit.name}" data-most="{one.most:g}"><td>{unit.number}</td>'
        f'<th scope="row"><a href="{run_link(unit.name)}" data-open="{path_of(unit.name)}">'
        f"{html.escape(unit.title)}</a><br><span>{html.escape(unit.question)}</span></th>"
        f"<td>{unit.minutes}</td><td data-points>0 / {one.most:g}</td><td data-state>not begun</td>"
        f'<td><a href="read/{unit.name}.html">Read</a> '
        f'<a href="report-{unit.name}.html" data-report hidden {about}>Report</a></td></tr>'
    )


def path_of(unit: str) -> str:
    """Return where the unit's notebook is among the browser's files."""
    return f"work/{unit}/{unit}.ipynb"


def run_link(unit: str, up: str = "") -> str:
    """Return the link that opens the unit in the browser's JupyterLab."""
    return f"{up}lab/index.html?path={path_of(unit)}"


def report(unit: str) -> str:
    """Return the page that shows the reports of a unit; what they say is in the reader's browser."""
    name = f"Report of {unit}"
    body = [
        f"<h1>{name}</h1>",
        '<p><a href="index.html">All units</a></p>',
        f'<div id="report" data-unit="{unit}"><p>This unit was not checked in this browser yet.</p></div>',
    ]
    return page(name, body)
