"""Label selectors select what upstream's do and refuse with upstream's words."""

import pytest

from insideout.apimachinery import selectors

LABELS = {"app": "x", "tier": "web", "n": "5"}

MATCHES = [
    ("", True),
    ("app=x", True),
    ("app==x", True),
    ("app!=x", False),
    ("gone!=x", True),
    ("app", True),
    ("!app", False),
    ("!gone", True),
    ("app in (x,y),!gone", True),
    ("app notin (x)", False),
    ("gone notin (x)", True),
    ("app in (,)", False),
    ("n>4", True),
    ("n<4", False),
    ("app>4", False),
    (" app = x , tier in ( web , db ) ", True),
    ("in in (in)", False),
]


@pytest.mark.parametrize(("text", "expected"), MATCHES)
def test_matches(text: str, expected: bool):
    """Each selector says of the same labels what the language's rules say."""
    assert selectors.parse(text).matches(LABELS) is expected


REFUSED = [
    ("a=b=c", "found '=', expected: ',' or 'end of string'"),
    ("a=b,", "found '', expected: identifier after ','"),
    ("=a", "found '=', expected: !, identifier, or 'end of string'"),
    ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    ("a in b", "unable to parse requirement: found 'b' expected: '('"),
    ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
    ("a in (b,", "unable to parse requirement: found '', expected: ',', or identifier"),
    ("a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
    ("a=)", "unable to parse requirement: found ')', expected: identifier"),
    ("!", "unable to parse requirement: found '', expected: identifier"),
    (
        "n>x",
        'unable to parse requirement: values[0]: Invalid value: "x": '
        "for 'Gt', 'Lt' operators, the value must be an integer",
    ),
    (
        "a=-b",
        'unable to parse requirement: values[0][a]: Invalid value: "-b": '
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
        "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ),
    (
        "-a=b",
        'unable to parse requirement: <nil>: Invalid value: "-a": '
        "name part must consist of alphanumeric characters, '-', '_' or '.', "
        "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
        "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refuses(text: str, message: str):
    """A selector that cannot be read is refused with upstream's message."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        selectors.parse(text)
    assert str(caught.value) == message


def test_selector_objects():
    """No selector selects nothing, an empty one everything, and expressions add to labels."""
    assert selectors.from_object(None) is None
    assert selectors.from_object({}) == selectors.EVERYTHING
    expressions = [
        {"key": "tier", "operator": "In", "values": ["web"]},
        {"key": "gone", "operator": "DoesNotExist"},
    ]
    found = selectors.from_object({"matchLabels": {"app": "x"}, "matchExpressions": expressions})
    assert found is not None
    assert str(found) == "app=x,!gone,tier in (web)"
    assert found.matches(LABELS)
    with pytest.raises(ValueError, match='"Has" is not a valid label selector operator'):
        selectors.from_object({"matchExpressions": [{"key": "a", "operator": "Has"}]})
