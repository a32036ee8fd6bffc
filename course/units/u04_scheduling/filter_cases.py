"""The visible cases of `filters`: one node or a few, a rule at a time."""

from collections.abc import Iterator

from course.checks.report import Case, kept
from course.units.u04_scheduling.objects import (
    CORDON,
    ZONE,
    Gi,
    Plain,
    asks,
    bears,
    node,
    pod,
    spread,
    taint,
    wants,
)

CORDONED = "node(s) were unschedulable"
TAINTED = "node(s) had untolerated taint(s)"
ELSEWHERE = "node(s) didn't match Pod's node affinity/selector"
FULL, NO_CPU, NO_MEMORY = "Too many pods", "Insufficient cpu", "Insufficient memory"
SKEWED = "node(s) didn't match pod topology spread constraints"
UNLABELLED = f"{SKEWED} (missing required label)"


@kept
def cases() -> Iterator[Case]:
    """Yield the examples for `filters(pod, nodes)`."""
    for rule, table in _CASES.items():
        for new, nodes, reasons in table:
            answer = {each["name"]: said for each, said in zip(nodes, reasons, strict=True)}
            yield Case(rule, (new, nodes), answer, keeps=True)


def _one(cpu: int = 0, memory: int = 0) -> Plain:
    """Return a pod of one container that requests these, 0 for nothing said."""
    return pod("web", containers=[asks(cpu or None, memory or None)])


def _zones(*counts: int, app: str = "web", **fields: object) -> list[Plain]:
    """Return a node in each of zones a, b, c, with so many pods of an app."""
    return [
        node(f"n{zone}", *[pod(f"{zone}{i}", labels={"app": app}) for i in range(count)],
             labels={ZONE: zone}, **fields)
        for zone, count in zip("abc", counts, strict=False)
    ]  # fmt: skip


def _spread(**more: object) -> Plain:
    """Return a pod of the app web that keeps it spread over zones."""
    constraint = spread(app="web") | {
        key: more.pop(key) for key in ("max_skew", "min_domains") if key in more
    }
    return pod("web", **{"labels": {"app": "web"}, "spread": [constraint], **more})


_SSD, _HDD = {"disk": "ssd"}, {"disk": "hdd"}
_GPU = taint("gpu", value="yes")

_Table = list[tuple[Plain, list[Plain], list[list[str]]]]
_CASES: dict[str, _Table] = {
    "a node must have left what the pod's containers request together": [
        (_one(1000), [node("a", cpu=1000)], [[]]),
        (_one(1001), [node("a", cpu=1000)], [[NO_CPU]]),
        (_one(memory=5 * Gi), [node("a", memory=4 * Gi)], [[NO_MEMORY]]),
        (_one(500), [node("a", _one(300), cpu=800)], [[]]),
        (_one(501), [node("a", _one(300), cpu=800)], [[NO_CPU]]),
        (
            pod("web", containers=[asks(300), asks(300, Gi)]),
            [node("a", cpu=600), node("b", cpu=599)],
            [[], [NO_CPU]],
        ),
    ],
    "a node says everything that it lacks: room for a pod, then cpu, then memory": [
        (_one(2000, 9 * Gi), [node("a", cpu=1000)], [[NO_CPU, NO_MEMORY]]),
        (_one(2000), [node("a", pod("x"), cpu=1000, max_pods=1)], [[FULL, NO_CPU]]),
        (_one(100), [node("a", pod("x"), max_pods=1), node("b", pod("x"), max_pods=2)], [[FULL], []]),
    ],
    "what the pod does not request is not looked at": [
        (_one(memory=Gi), [node("a", _one(5000), cpu=4000)], [[]]),
        (pod("web", containers=[asks(0, 0)]), [node("a", _one(5000, 9 * Gi))], [[]]),
        (_one(1), [node("a", _one(5000), cpu=4000)], [[NO_CPU]]),
    ],
    "a node that is unschedulable is refused, unless the pod tolerates the taint that this amounts to": [
        (_one(), [node("a", unschedulable=True), node("b")], [[CORDONED], []]),
        (pod("web", tolerations=[bears(CORDON)]), [node("a", unschedulable=True)], [[]]),
        (pod("web", tolerations=[bears(CORDON, "NoSchedule", "")]), [node("a", unschedulable=True)], [[]]),
        (pod("web", tolerations=[bears(CORDON, value="yes")]), [node("a", unschedulable=True)], [[CORDONED]]),
        (pod("web", tolerations=[bears(CORDON, "NoExecute")]), [node("a", unschedulable=True)], [[CORDONED]]),
        (
            pod("web", tolerations=[bears()]),
            [node("a", unschedulable=True, taints=[taint(CORDON)])],
            [[]],
        ),
    ],
    "a NoSchedule or NoExecute taint that nothing tolerates refuses the pod, PreferNoSchedule never": [
        (_one(), [node("a", taints=[_GPU])], [[TAINTED]]),
        (_one(), [node("a", taints=[taint("gpu", "PreferNoSchedule")])], [[]]),
        (_one(), [node("a", taints=[taint("gpu", "NoExecute")])], [[TAINTED]]),
        (pod("web", tolerations=[bears("gpu")]), [node("a", taints=[_GPU, taint("b")])], [[TAINTED]]),
    ],
    "a toleration bears a taint by key, value and effect; an empty key or effect stands for all": [
        (pod("web", tolerations=[bears("gpu", value="yes")]), [node("a", taints=[_GPU])], [[]]),
        (pod("web", tolerations=[bears("gpu", value="no")]), [node("a", taints=[_GPU])], [[TAINTED]]),
        (pod("web", tolerations=[bears("gpu", value="zero")]), [node("a", taints=[_GPU])], [[TAINTED]]),
        (pod("web", tolerations=[bears("gpu", "NoExecute")]), [node("a", taints=[_GPU])], [[TAINTED]]),
        (pod("web", tolerations=[bears("disk")]), [node("a", taints=[_GPU])], [[TAINTED]]),
        (pod("web", tolerations=[bears()]), [node("a", taints=[_GPU])], [[]]),
        (pod("web", tolerations=[bears("", "NoSchedule")]), [node("a", taints=[_GPU])], [[]]),
    ],
    "every label of the selector must be there, and one term of the affinity must hold as a whole": [
        (pod("web", node_selector=_SSD), [node("a", labels=_SSD), node("b")], [[], [ELSEWHERE]]),
        (
            pod("web", node_selector={"disk": "ssd", "arch": "arm"}),
            [node("a", labels=_SSD), node("b", labels={"disk": "ssd", "arch": "arm"})],
            [[ELSEWHERE], []],
        ),
        (
            pod("web", affinity=[[wants("disk", "In", "ssd", "nvme")], [wants("arch", "Exists")]]),
            [node("a", labels=_SSD), node("b", labels={"arch": "arm"}), node("c", labels=_HDD)],
            [[], [], [ELSEWHERE]],
        ),
        (
            pod("web", affinity=[[wants("disk", "Exists"), wants("arch", "Exists")]]),
            [node("a", labels=_SSD), node("b", labels={"disk": "ssd", "arch": "arm"})],
            [[ELSEWHERE], []],
        ),
        (
            pod("web", node_selector=_SSD, affinity=[[wants("arch", "Exists")]]),
            [node("a", labels=_SSD), node("b", labels={"arch": "arm"})],
            [[ELSEWHERE], [ELSEWHERE]],
        ),
    ],
    "NotIn and DoesNotExist also hold where the label is missing": [
        (
            pod("web", affinity=[[wants("disk", "NotIn", "hdd")]]),
            [node("a"), node("b", labels=_HDD), node("c", labels=_SSD)],
            [[], [ELSEWHERE], []],
        ),
        (
            pod("web", affinity=[[wants("disk", "DoesNotExist")]]),
            [node("a"), node("b", labels=_HDD), node("c", labels={"disk": ""})],
            [[], [ELSEWHERE], [ELSEWHERE]],
        ),
        (
            pod("web", affinity=[[wants("disk", "In", "ssd")]]),
            [node("a"), node("b", labels=_SSD)],
            [[ELSEWHERE], []],
        ),
        (
            pod("web", affinity=[[wants("disk", "Exists")]]),
            [node("a"), node("b", labels={"disk": ""})],
            [[ELSEWHERE], []],
        ),
    ],
    "only the first filter that refuses a node speaks": [
        (
            pod("web", containers=[asks(9000)], node_selector=_SSD),
            [node("a", unschedulable=True, taints=[taint(CORDON)]), node("b", taints=[_GPU]), node("c")],
            [[CORDONED], [TAINTED], [ELSEWHERE]],
        ),
        (
            pod("web", containers=[asks(9000)], labels={"app": "web"}, spread=[spread(app="web")]),
            [node("a"), node("b", labels={ZONE: "b"}, cpu=9000)],
            [[NO_CPU], []],
        ),
    ],
    "spread: with the pod itself, a domain may be ahead of the emptiest by max_skew and no more": [
        (_spread(), _zones(1, 0), [[SKEWED], []]),
        (_spread(), _zones(1, 1), [[], []]),
        (_spread(max_skew=2), _zones(2, 1, 0), [[SKEWED], [], []]),
        (_spread(labels={"app": "other"}), _zones(1, 0), [[], []]),
        (_spread(labels={"app": "other"}), _zones(2, 0), [[SKEWED], []]),
        (_spread(), _zones(2, 0, app="other"), [[], []]),
    ],
    "spread: the emptiest counts as empty when there are fewer domains than min_domains": [
        (_spread(min_domains=3), _zones(1, 1), [[SKEWED], [SKEWED]]),
        (_spread(min_domains=2), _zones(1, 1), [[], []]),
        (_spread(min_domains=3), _zones(1, 1, 1), [[], [], []]),
    ],
    "spread: a node without the key is refused, and its pods are in no domain": [
        (_spread(), [*_zones(1), node("x")], [[], [UNLABELLED]]),
        (
            _spread(),
            [*_zones(1, 1), node("x", *[pod("y", labels={"app": "web"})] * 3)],
            [[], [], [UNLABELLED]],
        ),
    ],
    "spread: a domain is what nodes with all keys form that the affinity allows, tainted or not": [
        (_spread(), [*_zones(1), node("b", labels={ZONE: "b"}, taints=[_GPU])], [[SKEWED], [TAINTED]]),
        (
            _spread(node_selector=_SSD),
            [node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a", **_SSD}),
             node("b", labels={ZONE: "b"})],
            [[], [ELSEWHERE]],
        ),
        (
            _spread(spread=[spread(app="web"), spread("rack", 9, app="web")]),
            [node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a", "rack": "1"}),
             node("b", labels={ZONE: "b"})],
            [[], [UNLABELLED]],
        ),
    ],
    "spread: a pod that is leaving does not count": [
        (
            _spread(),
            [node("a", pod("x", labels={"app": "web"}, leaving=True), labels={ZONE: "a"}),
             *_zones(0, 0)[1:]],
            [[], []],
        ),
        (
            _spread(),
            [node("a", *[pod("x", labels={"app": "web"})] * 2, labels={ZONE: "a"}),
             node("b", *[pod("x", labels={"app": "web"}, leaving=True)] * 2, labels={ZONE: "b"})],
            [[SKEWED], []],
        ),
    ],
    "spread: a pod's constraints are looked at in their order, and the first that fails speaks": [
        (
            _spread(spread=[spread(app="web"), spread("rack", app="web")]),
            [node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a", "rack": "1"}),
             node("b", labels={ZONE: "b", "rack": "2"}), node("c", labels={ZONE: "a"})],
            [[SKEWED], [], [SKEWED]],
        ),
        (
            _spread(spread=[spread(app="web"), spread("rack", app="web")]),
            [
                node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a", "rack": "1"}),
                node("b", labels={ZONE: "b", "rack": "2"}),
                node("c", labels={ZONE: "c"}),
            ],
            [[SKEWED], [], [UNLABELLED]],
        ),
        (
            _spread(spread=[spread("rack", app="web"), spread(app="web")]),
            [node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a", "rack": "1"}),
             node("b", labels={ZONE: "b", "rack": "2"}), node("c", labels={ZONE: "a"})],
            [[SKEWED], [], [UNLABELLED]],
        ),
    ],
}  # fmt: skip
