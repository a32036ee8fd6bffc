"""The pages: what they show, that what learners wrote is text in them, and their two themes."""

from html.parser import HTMLParser

import pytest

from course.lab import pages
from course.lab.checking import GradedTest
from course.learn.keeping import SECTIONS
from course.learn.standing import Map, Standing
from course.learn.syllabus import UNITS

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


class Elements(HTMLParser):
    """Collects the elements of a page, and those that were never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.found if name == tag]


def shown(body, **more) -> tuple[str, Elements]:
    text = pages.page("Title", body, **more)
    elements = Elements(text)
    assert elements.open == []
    return text, elements


@pytest.fixture
def at():
    states = {"01_components": ("done", 4.0), "06_qos": ("checked", 2.5), "08_rollouts": ("begun", None)}
    units = [Standing(unit, *states.get(unit.name, ("unbuilt", None)), 4) for unit in UNITS]
    return Map([one if one.state != "unbuilt" else one._replace(most=0) for one in units], "08_rollouts")


def test_the_map_names_every_unit_and_says_what_is_not_built(at):
    text, elements = shown(pages.start(at, {}, "/", "x", checks=True))
    assert len(elements.of("tr")) == 18
    assert text.count("not built yet") == 14
    assert "Go on with 08 · Rollouts" in text
    assert "3 of them are built" in text
    assert "6.5 of 12" in text
    assert [link["href"] for link in elements.of("a") if "data-open" in link][1:3] == [
        "/lab/tree/work/01_components/01_components.ipynb",
        "/lab/tree/work/06_qos/06_qos.ipynb",
    ]
    assert [button["data-check"] for button in elements.of("button") if "data-check" in button] == [
        "01_components",
        "06_qos",
        "08_rollouts",
    ]


def test_where_an_instructor_grades_there_is_no_check(at):
    _, elements = shown(pages.start(at, {}, "/", "x", checks=False))
    assert not [button for button in elements.of("button") if "data-check" in button]


def test_the_forms_and_the_script_carry_the_servers_token_and_address(at):
    _, elements = shown(
        pages.start(at, {}, "/user/me/", "secret", checks=True), xsrf="secret", base="/user/me/"
    )
    (form,) = elements.of("form")
    assert form["action"] == "/user/me/course/import"
    assert {"type": "hidden", "name": "_xsrf", "value": "secret"} in elements.of("input")
    (body,) = elements.of("body")
    assert body == {"data-base": "/user/me/", "data-xsrf": "secret"}


def test_what_an_update_changed_is_said(at):
    text, _ = shown(pages.start(at, {"06_qos": "new: a"}, "/", "x", checks=True))
    assert "06_qos: new: a" in text


@pytest.mark.parametrize(
    ("theme", "chosen"), [("dark", "dark"), ("light", "light"), ("", None), (EVIL, None)]
)
def test_the_theme_is_the_one_asked_for_or_the_readers(theme, chosen):
    text, elements = shown([], theme=theme)
    assert elements.of("html")[0].get("data-theme") == chosen
    assert "prefers-color-scheme: dark" in text


def test_mistakes_are_those_of_the_last_look_and_text():
    wrong = {"unit": "06_qos", "question": EVIL, "said": EVIL, "truth": EVIL, "right": False, "because": EVIL}
    content = {section: {} for section in SECTIONS}
    content["predictions"] = {
        "a": wrong,
        "b": {"question": "good one", "right": True},
        "c": {"question": "open"},
    }
    content["reviews"] = {"q": {"unit": "01_components", "question": "Asked?", "right": False, "said": 1}}
    content["checks"] = {"06_qos": {"reports": {EVIL: EVIL}}, "07_x": {"reports": "strange"}}
    text, elements = shown(pages.mistakes(content, "/"))
    assert "Asked?" in text
    assert "good one" not in text
    assert elements.of("img") == []
    assert len(elements.of("script")) == 1  # the page's own


def test_without_mistakes_the_page_says_so():
    text, _ = shown(pages.mistakes({section: {} for section in SECTIONS}, "/"))
    assert "No prediction was wrong." in text
    assert "No check that you made lost points." in text


def test_feedback_gets_a_language_and_a_style():
    text = pages.readable("<!DOCTYPE html>\n<html>\n<head><title>x</title></head><body></body></html>")
    assert text.count('<html lang="en">') == 1
    assert text.index("<style>") < text.index("</head>")


def test_a_report_goes_by_exercise_and_its_text_is_text():
    tests = [GradedTest("qos-examples", "qos", 2, 4, EVIL), GradedTest("adj", "oom-adj", 3, 3, "all")]
    text, elements = shown(pages.report("06_qos", tests, ["a note"], "/", full=True))
    assert "5 of 7" in text
    assert [attrs.get("class") for attrs in elements.of("h3")] == ["some", "all"]
    assert len(elements.of("h2")) == 2
    assert elements.of("img") == []
    assert "/course/feedback/06_qos" in text
