"""The example of docs/explore.md runs as it stands, and the story there is the one that is told."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[3] / "docs" / "explore.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
(STORY,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs a file of tests with the plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(text: str) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess("-p", "insideout.testing.plugin", "-p", "no:cacheprovider")

    return run


def test_the_example_passes(run):
    run(EXAMPLE).assert_outcomes(passed=1)


def test_the_wrong_one_fails_with_the_story_alone(run):
    result = run(EXAMPLE.replace("explore(OwnedCopies", "explore(Copies"))
    result.assert_outcomes(failed=1)
    told = "\n".join(result.outlines)
    assert STORY in f"{told}\n"
    assert "Traceback" not in told
