"""The visible cases of `score`: two nodes or three, one plugin's column at a time."""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u04_scheduling.objects import Gi, Mi, Plain, asks, bears, node, pod, taint

FIT, BALANCED, TAINTS = "NodeResourcesFit", "NodeResourcesBalancedAllocation", "TaintToleration"


@kept
def cases() -> Iterator[Case]:
    """Yield the examples for `score(pod, nodes)`."""
    for (rule, plugin), table in _CASES.items():
        for new, nodes, scores in table:
            answer = {each["name"]: one for each, one in zip(nodes, scores, strict=True)}
            yield Case(rule, (new, nodes), answer, column(plugin), keeps=True)


def column(plugin: str) -> Callable[[Any], Any]:
    """Return what takes one plugin's scores from a table; whatever is no table comes out as it is."""

    def take(table: Any) -> Any:
        if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
            return table
        return {name: row.get(plugin) for name, row in table.items()}

    return take


def _one(cpu: int | None = None, memory: int | None = None) -> Plain:
    return pod("web", containers=[asks(cpu, memory)])


_SOFT = [taint(key, "PreferNoSchedule") for key in ("a", "b", "c")]

_Table = list[tuple[Plain, list[Plain], list[int | None]]]
_CASES: dict[tuple[str, str], _Table] = {
    (
        "NodeResourcesFit is the free share of cpu and of memory, with the pod, each floored, then averaged",
        FIT,
    ): [
        (_one(1000, 2 * Gi), [node("a"), node("b", _one(1000, 2 * Gi))], [75, 50]),
        (_one(2000, Gi), [node("a"), node("b", cpu=8000, memory=16 * Gi)], [68, 84]),
        (_one(1, 2 * Mi), [node("a", cpu=3, memory=7 * Mi)], [68]),
        (
            _one(2, 200 * Mi),
            [node("a", cpu=3, memory=1000 * Mi), node("b", cpu=7, memory=1000 * Mi)],
            [56, 75],
        ),
    ],
    ("NodeResourcesFit: a container that does not say counts as 100m and 200Mi, one that says 0 as 0", FIT): [
        (_one(), [node("a", cpu=1000, memory=1000 * Mi)], [85]),
        (_one(), [node("a", cpu=100, memory=1053 * Mi)], [40]),
        (_one(0, 0), [node("a", cpu=1000, memory=1000 * Mi)], [100]),
        (pod("web", containers=[{}, {}]), [node("a", cpu=1000, memory=1000 * Mi)], [70]),
        (_one(400), [node("a", cpu=1000, memory=1000 * Mi)], [70]),
        (_one(0, 0), [node("a", pod("x", containers=[{}, asks(0, 0)]), cpu=1000, memory=1000 * Mi)], [85]),
    ],
    (
        "NodeResourcesFit: an overbooked resource gives 0, one that the node has none of is left out",
        FIT,
    ): [
        (_one(), [node("a", _one(1000, 0), cpu=1000, memory=1000 * Mi)], [40]),
        (_one(0, 0), [node("a", _one(1000, 0), cpu=1000, memory=1000 * Mi)], [50]),
        (_one(), [node("a", cpu=50, memory=1000 * Mi)], [40]),
        (_one(), [node("a", cpu=1000, memory=0), node("b", cpu=0, memory=1000 * Mi)], [90, 80]),
    ],
    (
        "NodeResourcesBalancedAllocation is 50 + (50 + evenness with the pod - evenness without) // 2",
        BALANCED,
    ): [
        (_one(500, 512 * Mi), [node("a", cpu=8000, memory=4 * Gi)], [73]),
        (_one(1000, 2 * Gi), [node("a"), node("b", _one(2000, Gi))], [75, 75]),
        (_one(2000, 0), [node("a"), node("b", _one(0, 4 * Gi))], [62, 87]),
        (_one(100, 4 * Gi), [node("a", _one(2000, 0)), node("b")], [86, 63]),
    ],
    (
        "NodeResourcesBalancedAllocation counts what is really requested, a share at most as the whole",
        BALANCED,
    ): [
        (_one(2000), [node("a", pod("x", containers=[{}, {}, {}])), node("b", _one(5000, 0))], [62, 75]),
        (_one(1000, 2 * Gi), [node("a", pod("x")), node("b", _one(8000, 2 * Gi))], [75, 81]),
    ],
    ("NodeResourcesBalancedAllocation is left out for a pod that requests neither", BALANCED): [
        (_one(), [node("a"), node("b", _one(2000))], [None, None]),
        (_one(0, 0), [node("a")], [None]),
        (_one(0, Gi), [node("a")], [71]),
    ],
    (
        "TaintToleration is 100 less the untolerated PreferNoSchedule taints in hundredths of the most",
        TAINTS,
    ): [
        (_one(), [node("a"), node("b", taints=_SOFT[:1]), node("c", taints=_SOFT[:2])], [100, 50, 0]),
        (_one(), [node("a", taints=_SOFT[:1]), node("b", taints=_SOFT)], [67, 0]),
        (_one(), [node("a", taints=_SOFT[:2]), node("b", taints=_SOFT)], [34, 0]),
    ],
    ("TaintToleration: no such taint anywhere is 100 everywhere", TAINTS): [
        (_one(), [node("a"), node("b")], [100, 100]),
        (pod("web", tolerations=[bears("a")]), [node("a", taints=_SOFT[:1])], [100]),
        (_one(), [node("a", taints=_SOFT[:1])], [0]),
    ],
    ("TaintToleration counts neither what the pod tolerates nor the taints that keep pods away", TAINTS): [
        (
            pod("web", tolerations=[bears("gpu"), bears("a")]),
            [node("a", taints=[taint("gpu"), *_SOFT[:2]]), node("b", taints=_SOFT), node("c")],
            [50, 0, 100],
        ),
        (
            pod("web", tolerations=[bears("gpu"), bears("b", "NoSchedule")]),
            [node("a", taints=[taint("gpu")]), node("b", taints=_SOFT[1:2])],
            [100, 0],
        ),
        (
            pod("web", tolerations=[bears("a", value="a")]),
            [node("a", taints=[taint("a", "PreferNoSchedule", "b")]), node("b")],
            [0, 100],
        ),
        (
            _one(),
            [node("a", taints=[taint("gpu"), taint("disk", "NoExecute")]), node("b", taints=_SOFT[:1])],
            [100, 0],
        ),
    ],
}
