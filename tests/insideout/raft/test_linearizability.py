"""The checker says yes to histories that one copy could have produced, and no to the others."""

from itertools import permutations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.raft.history import Operation
from insideout.raft.linearizability import check


def put(value, called, returned, key="x"):
    return Operation(f"put {value}", "put", key, value, "", called, returned)


def append(value, called, returned, key="x"):
    return Operation(f"append {value}", "append", key, value, "", called, returned)


def get(result, called, returned, key="x"):
    return Operation(f"get {called}", "get", key, "", result, called, returned)


GOOD = {
    "nothing": [],
    "a read of what was never written": [get("", 0, 1)],
    "one after another": [put("1", 0, 1), get("1", 2, 3), put("2", 4, 5), get("2", 6, 7)],
    "a read during a write sees the old value": [put("1", 0, 10), get("", 1, 2)],
    "a read during a write sees the new value": [put("1", 0, 10), get("1", 1, 2)],
    "reads during a write see old, then new": [put("1", 0, 10), get("", 1, 2), get("1", 3, 4)],
    "two writes at once, in either order": [put("1", 0, 10), put("2", 0, 10), get("1", 11, 12)],
    "a write without an answer took effect": [put("1", 0, inf), get("1", 5, 6)],
    "a write without an answer took effect late": [put("1", 0, inf), get("", 5, 6), get("1", 7, 8)],
    "a write without an answer never took effect": [put("1", 0, inf), get("", 5, 6)],
    "appends in the order of their answers": [append("a", 0, 1), append("b", 2, 3), get("ab", 4, 5)],
    "appends at once": [append("a", 0, 5), append("b", 1, 6), get("ba", 7, 8)],
    "keys do not know each other": [put("1", 0, 1), put("2", 2, 3, "y"), get("1", 4, 5), get("2", 4, 5, "y")],
    "a read without an answer may say anything": [put("1", 0, 1), get("?", 2, inf)],
}

BAD = {
    "a stale read": [put("1", 0, 1), put("2", 2, 3), get("1", 4, 5)],
    "a lost write": [put("1", 0, 1), get("", 2, 3)],
    "a value that nobody wrote": [put("1", 0, 1), get("7", 2, 3)],
    "reads during a write see new, then old": [put("1", 0, 10), get("1", 1, 2), get("", 3, 4)],
    "an append that happened twice": [append("a", 0, 1), get("aa", 2, 3)],
    "appends in an order that time forbids": [append("a", 0, 1), append("b", 2, 3), get("ba", 4, 5)],
    "two readers disagree about two writes": [
        put("1", 0, 10), put("2", 0, 10), get("1", 11, 12), get("2", 13, 14), get("1", 15, 16),
    ],
    "a write without an answer took effect and vanished": [put("1", 0, inf), get("1", 5, 6), get("", 7, 8)],
    "one key is right and the other is not": [put("1", 0, 1, "y"), get("1", 2, 3, "y"), get("9", 2, 3)],
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_history_that_one_copy_could_have_produced_is_linearizable(name):
    assert check(GOOD[name]) is None


@pytest.mark.parametrize("name", BAD)
def test_a_history_that_no_single_copy_produces_is_not(name):
    assert check(BAD[name]) is not None


def test_the_verdict_names_the_key_and_an_operation_that_no_order_explains():
    verdict = check(BAD["one key is right and the other is not"])
    assert verdict.key == "x"
    assert "get x -> '9' (2.00 s to 3.00 s)" in str(verdict)


OPERATIONS = st.builds(
    lambda op, value, called, length: Operation(
        "c", op, "x", "" if op == "get" else value, value if op == "get" else "", called, called + length
    ),
    st.sampled_from(["put", "get"]),
    st.sampled_from(["1", "2"]),
    st.integers(0, 6),
    st.sampled_from([0.5, 2, inf]),
)


def brute_force(operations):
    """Try every subset of the unanswered operations in every order."""
    answered = [op for op in operations if op.returned_s < inf]
    open_puts = [op for op in operations if op.returned_s == inf and op.op == "put"]
    for mask in range(1 << len(open_puts)):
        chosen = answered + [op for i, op in enumerate(open_puts) if mask >> i & 1]
        for order in permutations(chosen):
            if explains(order):
                return True
    return False


def explains(order):
    value, latest_call_s = "", -inf
    for op in order:
        # Every operation takes effect not before its call, and those before it not after theirs returned.
        latest_call_s = max(latest_call_s, op.called_s)
        if latest_call_s > op.returned_s:
            return False
        if op.op == "put":
            value = op.value
        elif op.returned_s < inf and op.result != value:
            return False
    return True


@given(st.lists(OPERATIONS, max_size=5))
def test_the_search_agrees_with_trying_everything(operations):
    assert (check(operations) is None) == brute_force(operations)
