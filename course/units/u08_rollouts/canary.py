"""Cases for `canary_weights(ready, weights)`: who gets which share of the requests."""

from collections.abc import Iterator

from course.checks.report import Case, as_yaml, kept, with_keeping

Ready = dict[str, int]
Weights = dict[str, int | None]
Shares = dict[str, list[int]]


@kept
def cases() -> Iterator[Case]:
    """Yield the examples."""
    yield from with_keeping(
        Case(rule, (ready,) if weights is None else (ready, weights), expected)
        for rule, table in _CASES.items()
        for ready, weights, expected in table
    )


_CASES: dict[str, list[tuple[Ready, Weights | None, Shares]]] = {
    "behind one Service each ready pod gets the same share, not each Deployment": [
        ({"stable": 9, "canary": 1}, None, {"stable": [9, 10], "canary": [1, 10]}),
        ({"stable": 7, "canary": 3}, None, {"stable": [7, 10], "canary": [3, 10]}),
        ({"a": 5, "b": 2, "c": 4}, None, {"a": [5, 11], "b": [2, 11], "c": [4, 11]}),
    ],
    "a Deployment without ready pods gets nothing behind one Service": [
        ({"stable": 4, "canary": 0}, None, {"stable": [1, 1], "canary": [0, 1]}),
        ({"stable": 4, "canary": 4}, None, {"stable": [1, 2], "canary": [1, 2]}),
    ],
    "with weights the pods do not count": [
        ({"stable": 3, "canary": 1}, {"stable": 99, "canary": 1}, {"stable": [99, 100], "canary": [1, 100]}),
        ({"stable": 1, "canary": 8}, {"stable": 2, "canary": 1}, {"stable": [2, 3], "canary": [1, 3]}),
        ({"stable": 5, "canary": 0}, {"stable": 4, "canary": 1}, {"stable": [4, 5], "canary": [1, 5]}),
    ],
    "weights are shares of their sum, not percentages": [
        ({"a": 1, "b": 1}, {"a": 5, "b": 2}, {"a": [5, 7], "b": [2, 7]}),
        ({"a": 1, "b": 1}, {"a": 900, "b": 100}, {"a": [9, 10], "b": [1, 10]}),
        ({"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}, {"a": [1, 3], "b": [1, 3], "c": [1, 3]}),
    ],
    "a weight that is not given is 1, a weight of 0 is none": [
        ({"stable": 2, "canary": 2}, {"stable": 3, "canary": None}, {"stable": [3, 4], "canary": [1, 4]}),
        ({"stable": 2, "canary": 2}, {"stable": 3, "canary": 0}, {"stable": [1, 1], "canary": [0, 1]}),
        ({"stable": 2, "canary": 2}, {"stable": None, "canary": None}, {"stable": [1, 2], "canary": [1, 2]}),
    ],
    "a Deployment that has no weight at all is not in the route and gets nothing": [
        ({"stable": 2, "canary": 2}, {"canary": 1}, {"stable": [0, 1], "canary": [1, 1]}),
        ({"a": 2, "b": 2, "c": 9}, {"a": 1, "b": 3}, {"a": [1, 4], "b": [3, 4], "c": [0, 1]}),
        ({"stable": 2, "canary": 2}, {}, {"stable": [0, 1], "canary": [0, 1]}),
    ],
    "where nobody may be asked every share is 0": [
        ({"stable": 0, "canary": 0}, None, {"stable": [0, 1], "canary": [0, 1]}),
        ({"stable": 3, "canary": 1}, {"stable": 0, "canary": 0}, {"stable": [0, 1], "canary": [0, 1]}),
        ({"stable": 0, "canary": 2}, None, {"stable": [0, 1], "canary": [1, 1]}),
    ],
}


def show(ready: Ready, weights: Weights | None = None) -> str:
    """Write the arguments with their names."""
    return as_yaml({"ready": ready, "weights": weights})
