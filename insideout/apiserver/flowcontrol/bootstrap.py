"""The FlowSchemas and PriorityLevelConfigurations that every server writes, and writes again when they go.

Source: k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

Object = dict[str, Any]

AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec"

_EVERY_RESOURCE: Object = {
    "verbs": ["*"],
    "apiGroups": ["*"],
    "resources": ["*"],
    "clusterScope": True,
    "namespaces": ["*"],
}
_EVERY_PATH: Object = {"verbs": ["*"], "nonResourceURLs": ["*"]}
_LEASES: Object = {
    "verbs": ["get", "create", "update"],
    "apiGroups": ["coordination.k8s.io"],
    "resources": ["leases"],
    "namespaces": ["*"],
}
_NODE_HEALTH: tuple[Object, ...] = (
    {
        "verbs": ["*"],
        "apiGroups": [""],
        "resources": ["nodes", "nodes/status"],
        "clusterScope": True,
        "namespaces": ["*"],
    },
    {**_LEASES, "verbs": ["*"]},
)
_PROBES: Object = {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/readyz", "/livez"]}


def _object(kind: str, name: str, spec: Object) -> Object:
    return {
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name, "annotations": {AUTO_UPDATE: "true"}},
        "spec": spec,
    }


def _queued(name: str, shares: int, lendable_percent: int, queues: int, hand: int) -> Object:
    queuing = {"queues": queues, "handSize": hand, "queueLengthLimit": 50}
    limited = {
        "nominalConcurrencyShares": shares,
        "lendablePercent": lendable_percent,
        "limitResponse": {"type": "Queue", "queuing": queuing},
    }
    return _object("PriorityLevelConfiguration", name, {"type": "Limited", "limited": limited})


def _groups(*names: str) -> list[Object]:
    return [{"kind": "Group", "group": {"name": name}} for name in names]


def _user(name: str) -> Object:
    return {"kind": "User", "user": {"name": name}}


_SYSTEM_ACCOUNTS: Object = {
    "kind": "ServiceAccount",
    "serviceAccount": {"namespace": "kube-system", "name": "*"},
}
_EVERYBODY = _groups("system:unauthenticated", "system:authenticated")
_NODES = _groups("system:nodes")
_MANAGER, _SCHEDULER = _user("system:kube-controller-manager"), _user("system:kube-scheduler")


def _schema(
    name: str,
    level: str,
    precedence: int,
    distinguishes: str,
    subjects: Sequence[Object],
    resources: Sequence[Object] = (_EVERY_RESOURCE,),
    paths: Sequence[Object] = (_EVERY_PATH,),
) -> Object:
    rule: Object = {"subjects": list(subjects)}
    if resources:
        rule["resourceRules"] = list(resources)
    if paths:
        rule["nonResourceRules"] = list(paths)
    spec: Object = {
        "priorityLevelConfiguration": {"name": level},
        "matchingPrecedence": precedence,
        "rules": [rule],
    }
    if distinguishes:
        spec["distinguisherMethod"] = {"type": distinguishes}
    return _object("FlowSchema", name, spec)


SUGGESTED: tuple[Object, ...] = (
    _queued("system", 30, 33, 64, 6),
    _queued("node-high", 40, 25, 64, 6),
    _queued("leader-election", 10, 0, 16, 4),
    _queued("workload-high", 40, 50, 128, 6),
    _queued("workload-low", 100, 90, 128, 6),
    _queued("global-default", 20, 50, 128, 6),
    _schema("system-nodes", "system", 500, "ByUser", _NODES),
    _schema("system-node-high", "node-high", 400, "ByUser", _NODES, _NODE_HEALTH, ()),
    _schema("probes", "exempt", 2, "", _EVERYBODY, (), (_PROBES,)),
    _schema(
        "system-leader-election",
        "leader-election",
        100,
        "ByUser",
        (_MANAGER, _SCHEDULER, _SYSTEM_ACCOUNTS),
        (_LEASES,),
        (),
    ),
    _schema("kube-controller-manager", "workload-high", 800, "ByNamespace", (_MANAGER,)),
    _schema("kube-scheduler", "workload-high", 800, "ByNamespace", (_SCHEDULER,)),
    _schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", (_SYSTEM_ACCOUNTS,)),
    _schema("service-accounts", "workload-low", 9000, "ByUser", _groups("system:serviceaccounts")),
    _schema("global-default", "global-default", 9900, "ByUser", _EVERYBODY),
)
"""What a new server has, until somebody changes it and says so in the annotation."""

MANDATORY: tuple[Object, ...] = (
    _object(
        "PriorityLevelConfiguration",
        "catch-all",
        {
            "type": "Limited",
            "limited": {
                "nominalConcurrencyShares": 5,
                "lendablePercent": 0,
                "limitResponse": {"type": "Reject"},
            },
        },
    ),
    _object(
        "PriorityLevelConfiguration",
        "exempt",
        {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}},
    ),
    _schema("exempt", "exempt", 1, "", _groups("system:masters")),
    _schema("catch-all", "catch-all", 10_000, "ByUser", _EVERYBODY),
)
"""What no server does without: changed specs are put back."""
