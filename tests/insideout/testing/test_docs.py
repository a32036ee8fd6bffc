"""The examples of docs/testing.md run as they stand."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text("utf-8")
EXAMPLES = [
    (section.partition("\n")[0], text)
    for section in PAGE.split("\n## ")[1:]
    for text in re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
]


def test_the_page_has_its_five_examples():
    assert len(EXAMPLES) == PAGE.count("```python") == 5


@pytest.mark.parametrize(("title", "text"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, title: str, text: str):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(text)
    arguments = ["-p", "insideout.testing.plugin", "-p", "no:cacheprovider"]
    pytester.runpytest_subprocess(*arguments, timeout=120).assert_outcomes(passed=1)
