"""What expressions may cost at most, from the sizes that a schema allows."""

import pytest

from insideout.apiserver.cel.declared import declared
from insideout.apiserver.crd.rules import compile_rules

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "rule", "cost"),
    [
        # a loop costs its range, times what a round costs
        ({**_NUMBERS, "maxItems": 10}, "self.all(x, true)", 32),
        (_NUMBERS, "self.all(x, true)", 4718591),
        # characters are counted as up to four bytes
        ({**_TEXT, "maxLength": 10}, "self.contains('abc')", 5),
        ({**_TEXT, "maxLength": 10}, "self.matches('[a-z]+')", 11),
        ({**_TEXT, "maxLength": 10}, "self == 'abc'", 2),
        # the keys of a map count as having no characters
        (
            {"type": "object", "additionalProperties": _TEXT, "maxProperties": 16},
            "self.all(k, k.matches('[a-z]+'))",
            98,
        ),
        # of a condition the dearer side, of && both
        ({"type": "integer"}, "self > 1 ? self > 2 && self > 3 : true", 6),
        # has() is free, besides its operand
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, "has(self.a)", 1),
        ({"type": "array", "maxItems": 4, "items": {**_TEXT, "maxLength": 10}}, "self.isSorted()", 21),
        ({"type": "array", "maxItems": 4, "items": _TEXT}, "self.distinct().size() == 1", 46),
        ({**_TEXT, "maxLength": 10}, "self.split(',').size() == 1", 11),
        ({**_TEXT, "maxLength": 10}, "quantity(self) == quantity('1')", 7),
        ({**_TEXT, "maxLength": 10}, "ip(self).family() == 4", 7),
        ({**_TEXT, "maxLength": 10}, "self.replace('a', 'bb').size() == 1", 11),
        ({"type": "array", "maxItems": 4, "items": {"type": "integer"}}, "sets.contains(self, [1, 2])", 20),
    ],
)
def test_costs(schema: dict[str, object], rule: str, cost: int) -> None:
    [found] = compile_rules([{"rule": rule}], schema, declared(schema))
    assert not found.error
    assert found.cost == cost


def test_a_cost_without_bound_stops_at_the_greatest_number() -> None:
    inner = {"type": "array", "items": {"type": "array", "items": _TEXT}}
    rule = "self.all(a, a.all(b, self.all(c, c.all(d, self.all(e, e.all(f, f == b))))))"
    [found] = compile_rules([{"rule": rule}], inner, declared(inner))
    assert found.cost == 2**64 - 1
