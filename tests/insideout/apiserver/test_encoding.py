"""YAML in and out as the API server has it."""

import pytest

from insideout.apiserver.encoding import encode_body
from insideout.apiserver.negotiation import YAML
from insideout.apiserver.objects import go_yaml
from insideout.apiserver.requests import Response


def written(value: object) -> str:
    return encode_body(Response(200, value, YAML)).decode()


def test_keys_are_sorted_and_nothing_is_an_alias():
    shared = {"x": 1}
    assert written({"b": shared, "a": shared}) == "a:\n  x: 1\nb:\n  x: 1\n"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "5", "true", "null", "1.5"])
def test_text_that_could_be_something_else_is_in_double_quotes(text: str):
    assert written({"a": text}) == f'a: "{text}"\n'


def test_text_of_several_lines_is_written_as_such():
    assert written({"a": "one\ntwo\n"}) == "a: |\n  one\n  two\n"


@pytest.mark.parametrize(("text", "value"), [("y", True), ("n", False), ("yes", True), ("off", False)])
def test_short_truth_is_truth(text: str, value: bool):
    assert go_yaml.loads(f"a: {text}".encode()) == {"a": value}
    assert go_yaml.loads(f'a: "{text}"'.encode()) == {"a": text}
