"""Functions of the standard library and of the extensions, by examples."""

from typing import Any

import pytest

from insideout.apiserver.cel import Environment


def outcome(text: str) -> Any:
    """Return the value of an expression, or its error as text."""
    found = Environment({}).compile(text).run({})
    return found.value if found.error is None else str(found.error)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int('12') + int(2.9) + int('-3')", 11),
        ("int('x')", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("string(1.0) + string(1e30) + string(true) + string(b'z')", "11e+30truez"),
        ("bool('maybe')", 'strconv.ParseBool: parsing "maybe": invalid syntax'),
        ("double('1.5') * 2.0", 3.0),
        ("string(duration('1h0.5s'))", "3600.5s"),
        ("string(timestamp('2026-02-28T23:59:59.5+01:00') + duration('90m'))", "2026-03-01T00:29:59.5Z"),
        ("timestamp('2026-03-01T12:30:00Z').getMonth()", 2),
        ("timestamp('2026-03-01T23:30:00Z').getHours('+02:00')", 1),
        ("timestamp('2026-03-01T12:30:00Z').getDayOfWeek()", 0),
        ("duration('90s').getMinutes()", 1),
        ("timestamp('9999-12-31T00:00:00Z') + duration('48h')", "timestamp overflow"),
        ("type(1) == int && type('a') != int && type(type(1)) == type", True),
    ],
)
def test_conversions_and_times(text: str, value: Any) -> None:
    assert outcome(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'tacocat'.charAt(7)", ""),
        ("'tacocat'.charAt(8)", "index out of range: 8"),
        ("'tacocat'.indexOf('c', 3)", 4),
        ("'tacocat'.lastIndexOf('c')", 4),
        ("'tacocat'.lastIndexOf('at', 2)", -1),
        ("'tacocat'.substring(4, 2)", "invalid substring range. start: 4, end: 2"),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("'aaa'.replace('a', 'b', 2)", "bba"),
        ("'\u00c4bC'.lowerAscii()", "\u00c4bc"),
        ("' \\tx\\n'.trim()", "x"),
        ("['a', 'b'].join('-')", "a-b"),
        ("strings.quote('a\"\\n')", '"a\\"\\n"'),
        ("'%s|%d|%.2f|%x|%X|%b|%%'.format(['a', 3, 1.005, 255, 'hi', 5])", "a|3|1.00|ff|6869|101|%"),
        ("'%s'.format([[1, 2]])", "[1, 2]"),
        ("'%s'.format([{'b': 1, 'a': null}])", "{a: null, b: 1}"),
        ("'%s %s'.format(['a'])", "index 1 out of range"),
        ("'ab12'.find('[0-9]+')", "12"),
        ("'1a2b3'.findAll('[0-9]', 2)", ["1", "2"]),
    ],
)
def test_strings(text: str, value: Any) -> None:
    assert outcome(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 3, 2].isSorted()", False),
        ("[1, 3, 2].max() + [1.5, 2.0].sum().size", None),
        ("[duration('1m'), duration('1s')].sum() == duration('61s')", True),
        ("[].sum()", 0),
        ("[1, 2, 1].indexOf(1) + [1, 2, 1].lastIndexOf(1)", 2),
        ("['b', 'a'].min()", "a"),
        ("dyn([1]).filter(n, n > 1).min()", "min called on empty list"),
        ("[1, 2, 3].slice(1, 3)", [2, 3]),
        ("[1].slice(0, 2)", "cannot slice(0, 2), list is length 1"),
        ("[[1], [2, 3]].flatten()", [1, 2, 3]),
        ("[1, 2, 1].distinct()", [1, 2]),
        ("lists.range(3).reverse()", [2, 1, 0]),
        ("['b', 'a'].sort()", ["a", "b"]),
        ("sets.contains([1, 2], [2.0, 2])", None),
        ("sets.contains([1, 2], [2, 2])", True),
        ("sets.equivalent([1, 1], [1])", True),
        ("sets.intersects([1], [2])", False),
    ],
)
def test_lists(text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(Exception, match="ERROR: <input>"):
            outcome(text)
    else:
        assert outcome(text) == value
