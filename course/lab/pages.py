"""The course's own pages as HTML: the map, what still goes wrong, and the report of a checked unit.

Plain documents: headings, one table, links, forms; they follow the reader's light or dark theme and run
without JupyterLab around them.  Everything that a learner wrote is escaped.
"""

import html
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any
from urllib.parse import quote

from course.lab.checking import GradedTest
from course.learn.keeping import Content
from course.learn.standing import Map, Standing

Part = str


def page(title: str, body: Iterable[Part], *, theme: str = "", xsrf: str = "", base: str = "/") -> str:
    """Return a whole page; `theme` is "light" or "dark", or "" for what the reader's system says."""
    folder = resources.files("course.lab") / "static"
    style, script = ((folder / name).read_text("utf-8") for name in ("course.css", "course.js"))
    chosen = f' data-theme="{theme}"' if theme in ("light", "dark") else ""
    return (
        f'<!doctype html><html lang="en"{chosen}><head><meta charset="utf-8"><title>{_text(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{style}</style></head><body data-base="{_text(base)}" data-xsrf="{_text(xsrf)}"><main>'
        f"{''.join(body)}</main><script>{script}</script></body></html>"
    )


def start(
    at: Map,
    changes: Mapping[str, str],
    base: str,
    xsrf: str,
    *,
    checks: bool,
    kept: Mapping[str, int] | None = None,
) -> Iterable[Part]:
    """Yield the parts of the start page; with `checks` each unit has a button that checks it.

    `kept` is by unit how many of its exercises are kept for later clusters.
    """
    yield "<h1>Kubernetes Inside Out</h1>"
    built = sum(one.state != "unbuilt" for one in at.units)
    so_far = "" if built == len(at.units) else f" {built} of them are built."
    points = f"<strong>{at.points:g} of {at.most:g}</strong> points"
    intro = f"{len(at.units)} units, in the order in which they build on each other.{so_far}"
    yield f"<p>{intro} You have {points}.</p>"
    going = next((one for one in at.units if one.unit.name == at.next), None)
    if going is not None:
        yield (
            "<p>" + _link(base, going, f"Go on with {going.unit.number} · {going.unit.title}", "go") + "</p>"
        )
    else:
        yield "<p>You have all points of what is built.</p>"
    if changes:
        rows = "".join(f"<li>{_text(unit)}: {_text(said)}</li>" for unit, said in sorted(changes.items()))
        yield (
            f"<details><summary>Updates brought changes</summary><ul>{rows}</ul>"
            "<p>What you wrote is as it was; earlier copies are in <code>work/.before</code>.</p></details>"
        )
    yield '<p id="status" role="status"></p>'
    head = "".join(
        f'<th scope="col">{word}</th>' for word in ("", "Unit", "Minutes", "Your points", "State", "")
    )
    kept = kept or {}
    rows = "".join(
        _row(one, base, kept.get(one.unit.name, 0), is_next=one.unit.name == at.next, checks=checks)
        for one in at.units
    )
    yield f"<table><caption>The units</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    yield (
        f'<nav aria-label="More"><p><a href="{base}course/mistakes" data-page>What I still get wrong</a></p>'
        f'<p><a href="{base}course/progress.json" download="progress.json">Save my progress as a file</a></p>'
        "</nav>"
    )
    yield (
        f'<form method="post" action="{base}course/import" enctype="multipart/form-data">'
        f'<input type="hidden" name="_xsrf" value="{_text(xsrf)}">'
        '<label>Read in saved progress: <input type="file" name="file" accept=".json" required></label> '
        "<button>Read in</button></form>"
    )


def _row(one: Standing, base: str, kept: int, *, is_next: bool, checks: bool) -> Part:
    unit, built = one.unit, one.state != "unbuilt"
    title = _link(base, one, unit.title) if built else _text(unit.title)
    actions = []
    if built and checks:
        label = f"Check unit {unit.number}"
        actions.append(f'<button data-check="{unit.name}" aria-label="{label}">Check</button>')
    if one.points is not None:
        about = f'aria-label="Report of unit {unit.number}"'
        actions.append(f'<a href="{base}course/report/{unit.name}" data-page {about}>Report</a>')
    marks = ' class="next" aria-current="step"' if is_next else "" if built else ' class="unbuilt"'
    return (
        f"<tr{marks}><td>{unit.number}</td>"
        f'<th scope="row">{title}<br><span>{_text(unit.question)}</span></th>'
        f'<td>{unit.minutes if built else ""}</td><td data-points="{unit.name}">{one.points_text}</td>'
        f"<td>{one.says}{f'<br>kept: {kept}' if kept else ''}</td><td>{' '.join(actions)}</td></tr>"
    )


def _link(base: str, one: Standing, text: str, kind: str = "") -> Part:
    path = f"work/{one.unit.name}/{one.unit.name}.ipynb"
    style = f' class="{kind}"' if kind else ""
    return f'<a{style} href="{base}lab/tree/{quote(path)}" data-open="{path}">{_text(text)}</a>'


def mistakes(content: Content, base: str) -> Iterable[Part]:
    """Yield the page of what was wrong at the last look: predictions, review questions, rules of checks."""
    yield "<h1>What I still get wrong</h1>"
    yield _back(base)
    missed = sorted(
        (each for each in content["predictions"].values() if each.get("right") is False),
        key=lambda each: (str(each.get("unit")), str(each.get("at"))),
    )
    asked = sorted(
        (each for each in content["reviews"].values() if each.get("right") is False),
        key=lambda each: (str(each.get("unit")), str(each.get("at"))),
    )
    yield f"<h2>Predictions</h2>{_cards(missed, 'No prediction was wrong.')}"
    yield f"<h2>Questions from earlier units</h2>{_cards(asked, 'No answer was wrong the last time.')}"
    yield "<h2>Checks</h2>"
    reports = [
        (unit, test, report)
        for unit, check in sorted(content["checks"].items())
        for test, report in sorted(_mapping(check.get("reports")).items())
    ]
    if not reports:
        yield "<p>No check that you made lost points.</p>"
    for unit, test, report in reports:
        yield f"<h3>{_text(unit[:2])} · {_text(test)}</h3>{_report(report)}"


def _cards(entries: list[dict[str, Any]], none: str) -> Part:
    if not entries:
        return f"<p>{none}</p>"
    return "<ul>" + "".join(f"<li>{_card(each)}</li>" for each in entries) + "</ul>"


def _card(entry: Mapping[str, Any]) -> Part:
    lines = [f"<strong>{_text(str(entry.get('unit', ''))[:2])} · {_text(entry.get('question', ''))}</strong>"]
    lines.append(f"You said: {_text(entry.get('said', ''))}. It is: {_text(entry.get('truth', ''))}.")
    for field, label in (("why", ""), ("because", "Your words: ")):
        if entry.get(field):
            lines.append(f"{label}{_text(entry[field])}")
    return "<br>".join(lines)


def report(unit: str, tests: list[GradedTest], notes: list[str], base: str, *, full: bool) -> Iterable[Part]:
    """Yield the report of a checked unit, an exercise after the other."""
    points, most = sum(test.points for test in tests), sum(test.most for test in tests)
    yield f"<h1>Report of {_text(unit)}</h1>"
    yield _back(base)
    yield f"<p><strong>{points:g} of {most:g}</strong> points.</p>"
    yield "".join(f"<p>{_text(note)}</p>" for note in notes)
    exercise = ""
    for test in tests:
        if test.exercise != exercise:
            exercise = test.exercise
            yield f"<h2>{_text(exercise)}</h2>"
        mark = "all" if test.points >= test.most else "some" if test.points else "none"
        yield f'<h3 class="{mark}">{_text(test.id)}: {test.points:g} of {test.most:g}</h3>'
        yield _report(test.report)
    if full:
        yield (
            f'<p><a href="{base}course/feedback/{unit}" data-page>The whole notebook as it was graded</a></p>'
        )


def _report(text: str) -> Part:
    return f'<pre tabindex="0" role="region" aria-label="Report">{_text(text)}</pre>'


READABLE = """<style>
html body a { color: #0b4fb3; text-decoration: underline; }
html body .panel-heading, html body .panel-heading a { color: #1b1f24 !important; }
html body .panel-primary > .panel-heading { background: #d9e5f7; }
html body .highlight, html body .highlight pre { background: #ffffff; }
html body .highlight .ow { color: #7a00cc; } html body .highlight .se { color: #8a4a12; }
html body .highlight .c1 { color: #2f6666; } html body .highlight .ne { color: #a8281f; }
html body pre { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; max-height: none; }
</style>"""
"""nbgrader's page of feedback lacks contrast, underlined links and a way into its scrolled boxes."""


def readable(feedback: str) -> str:
    """Return nbgrader's page of feedback with what it lacks for people who see or use it differently."""
    text = feedback.replace("<html>", '<html lang="en">', 1)
    return text.replace("</head>", f"{READABLE}</head>", 1)


def message(title: str, text: str, base: str) -> Iterable[Part]:
    """Yield a page that says one thing."""
    yield f"<h1>{_text(title)}</h1><p role='status'>{_text(text)}</p>"
    yield _back(base)


def _back(base: str) -> Part:
    return f'<p><a href="{base}course/" data-page>All units</a></p>'


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return html.escape(str(value))
