"""Tables: the recorded ones, every kind's columns, and the words and numbers that kubectl get shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insideout import records
from insideout.apiserver.kinds import Kind
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError
from insideout.apiserver.tables import partial_metadata, render, table
from insideout.apiserver.tables.ages import age, human_duration

Object = dict[str, Any]
REGISTRY = Registry()
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
AN_HOUR_AGO = "2026-01-01T11:00:00Z"


def kind(resource: str) -> Kind:
    """Return the kind that kubectl would call `resource`."""
    found = REGISTRY.named(resource)
    assert found is not None
    return found


def cells(resource: str, obj: Object) -> dict[str, Any]:
    """Return one object's cells by the names of their columns."""
    obj = {"metadata": {"name": "x", "creationTimestamp": AN_HOUR_AGO, **obj.get("metadata", {})}, **obj}
    obj["metadata"] = {"name": "x", "creationTimestamp": AN_HOUR_AGO, **obj["metadata"]}
    found = render(kind(resource), obj, NOW, "None")
    names = [each["name"] for each in found["columnDefinitions"]]
    return dict(zip(names, found["rows"][0]["cells"], strict=True))


def test_recorded_tables() -> None:
    """The recorded tables of Deployments and Pods come out cell for cell."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "table")
    answers = {number: body for number, _code, body in scenario["want"]}
    for number, created, resource in ((1, 0, "deployments"), (3, 2, "pods")):
        obj = {**answers[created], "metadata": {**answers[created]["metadata"]}}
        obj["metadata"]["creationTimestamp"] = "2026-01-01T12:00:00Z"
        listed = {"metadata": {"resourceVersion": "<rv>"}, "items": [obj]}
        assert render(kind(resource), listed, NOW, "None") == answers[number]


@pytest.mark.parametrize("served", [each for each in REGISTRY if each.model], ids=lambda each: each.kind)
def test_every_kind_has_as_many_cells_as_columns(served: Kind) -> None:
    """Even an empty object of any kind fills its row, and every column says what it is."""
    found = render(served, {"metadata": {"name": "x"}}, NOW)
    columns = found["columnDefinitions"]
    assert len(found["rows"][0]["cells"]) == len(columns)
    assert all(each["description"] and " " in each["description"] for each in columns)


def container(**state: Any) -> Object:
    """Return a container's status."""
    return {"name": "c", "restartCount": 0, "ready": False, **state}


RUNNING = container(state={"running": {}}, ready=True)
READY = {"type": "Ready", "status": "True"}
CRASHING = container(state={"waiting": {"reason": "CrashLoopBackOff"}}, restartCount=3)
DONE = container(state={"terminated": {"reason": "Completed", "exitCode": 0}})
FAILED = container(state={"terminated": {"reason": "Error", "exitCode": 1}})
KILLED = container(state={"terminated": {"signal": 9, "exitCode": 137}})
STARTED = container(name="s", state={"running": {}}, ready=True, started=True)

PODS: dict[str, tuple[Object, Object, str, str]] = {
    "pending": ({}, {"phase": "Pending"}, "Pending", "0/1"),
    "running": ({}, {"phase": "Running", "containerStatuses": [RUNNING]}, "Running", "1/1"),
    "crashing": ({}, {"phase": "Running", "containerStatuses": [CRASHING]}, "CrashLoopBackOff", "0/1"),
    "completed": ({}, {"phase": "Succeeded", "containerStatuses": [DONE]}, "Completed", "0/1"),
    "one of two completed": (
        {},
        {"phase": "Running", "containerStatuses": [DONE, RUNNING], "conditions": [READY]},
        "Running",
        "1/1",
    ),
    "one of two completed, not ready": (
        {},
        {"phase": "Running", "containerStatuses": [DONE, RUNNING]},
        "NotReady",
        "1/1",
    ),
    "one failed, one completed": (
        {},
        {"phase": "Failed", "containerStatuses": [DONE, FAILED]},
        "Error",
        "0/1",
    ),
    "killed": ({}, {"phase": "Failed", "containerStatuses": [KILLED]}, "Signal:9", "0/1"),
    "evicted": ({}, {"phase": "Failed", "reason": "Evicted"}, "Evicted", "0/1"),
    "gated": (
        {},
        {"phase": "Pending", "conditions": [{"type": "PodScheduled", "reason": "SchedulingGated"}]},
        "SchedulingGated",
        "0/1",
    ),
    "first init container under way": (
        {"initContainers": [{"name": "i"}, {"name": "j"}]},
        {"phase": "Pending", "initContainerStatuses": [container(state={"running": {}}), container()]},
        "Init:0/2",
        "0/1",
    ),
    "second init container crashing": (
        {"initContainers": [{"name": "i"}, {"name": "c"}]},
        {"phase": "Pending", "initContainerStatuses": [DONE, CRASHING]},
        "Init:CrashLoopBackOff",
        "0/1",
    ),
    "init container failed without a reason": (
        {"initContainers": [{"name": "c"}]},
        {"phase": "Pending", "initContainerStatuses": [container(state={"terminated": {"exitCode": 2}})]},
        "Init:ExitCode:2",
        "0/1",
    ),
    "a sidecar counts": (
        {"initContainers": [{"name": "s", "restartPolicy": "Always"}]},
        {"phase": "Running", "initContainerStatuses": [STARTED], "containerStatuses": [RUNNING]},
        "Running",
        "2/2",
    ),
}


@pytest.mark.parametrize("name", PODS)
def test_pod_words(name: str) -> None:
    """The word for a Pod's state and the count of ready containers are those that kubectl shows."""
    spec, status, word, ready = PODS[name]
    found = cells("pods", {"spec": {"containers": [{"name": "c"}], **spec}, "status": status})
    assert (found["Status"], found["Ready"]) == (word, ready)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({"phase": "Running", "containerStatuses": [RUNNING]}, "Terminating"),
        ({"phase": "Running", "reason": "NodeLost"}, "Unknown"),
        ({"phase": "Succeeded", "containerStatuses": [DONE]}, "Completed"),
    ],
)
def test_pods_being_deleted(status: Object, word: str) -> None:
    """A Pod being deleted is Terminating, unless its node is lost or it has ended."""
    pod = {"metadata": {"deletionTimestamp": AN_HOUR_AGO}, "spec": {"containers": [{}]}, "status": status}
    assert cells("pods", pod)["Status"] == word


def test_restarts_say_when_the_last_one_was() -> None:
    """The number of restarts comes with the time since the last one."""
    ended = {"terminated": {"finishedAt": "2026-01-01T11:55:00Z"}}
    status = {"phase": "Running", "containerStatuses": [{**RUNNING, "restartCount": 2, "lastState": ended}]}
    assert cells("pods", {"status": status})["Restarts"] == "2 (5m ago)"


def test_a_finished_pod_has_a_row_condition() -> None:
    """Clients can leave out Pods that are completed."""
    pod = {"metadata": {"name": "x"}, "status": {"phase": "Succeeded"}}
    [row] = render(kind("pods"), pod, NOW)["rows"]
    assert row["conditions"] == [
        {
            "type": "Completed",
            "status": "True",
            "reason": "Succeeded",
            "message": "The pod has completed successfully.",
        }
    ]


OTHERS: dict[str, tuple[str, Object, dict[str, Any]]] = {
    "service": (
        "services",
        {
            "spec": {
                "type": "NodePort",
                "clusterIPs": ["10.0.0.1"],
                "ports": [
                    {"port": 80, "nodePort": 30080, "protocol": "TCP"},
                    {"port": 53, "protocol": "UDP"},
                ],
                "selector": {"b": "2", "a": "1"},
            }
        },
        {"External-IP": "<none>", "Port(s)": "80:30080/TCP,53/UDP", "Selector": "a=1,b=2"},
    ),
    "load balancer": (
        "services",
        {"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}},
        {"External-IP": "1.2.3.4", "Cluster-IP": "<none>", "Port(s)": "<none>"},
    ),
    "external name": (
        "services",
        {"spec": {"type": "ExternalName", "externalName": "e.com"}},
        {"External-IP": "e.com"},
    ),
    "endpoints": (
        "endpoints",
        {"subsets": [{"addresses": [{"ip": f"1.1.1.{n}"} for n in range(5)], "ports": [{"port": 80}]}]},
        {"Endpoints": "1.1.1.0:80,1.1.1.1:80,1.1.1.2:80 + 2 more..."},
    ),
    "slice": (
        "endpointslices",
        {"addressType": "IPv4", "ports": [{}], "endpoints": [{"addresses": ["1.1.1.1"]}]},
        {"AddressType": "IPv4", "Ports": "*", "Endpoints": "1.1.1.1"},
    ),
    "node": (
        "nodes",
        {
            "metadata": {"labels": {"node-role.kubernetes.io/worker": "", "kubernetes.io/role": "db"}},
            "spec": {"unschedulable": True},
            "status": {
                "conditions": [{"type": "Ready", "status": "False"}],
                "addresses": [{"type": "InternalIP", "address": "10.0.0.9"}],
                "nodeInfo": {"kernelVersion": "6.1", "architecture": "amd64", "kubeletVersion": "v1.36.2"},
            },
        },
        {
            "Status": "NotReady,SchedulingDisabled",
            "Roles": "db,worker",
            "Internal-IP": "10.0.0.9",
            "Kernel-Version": "6.1 (amd64)",
            "OS-Image": "<unknown>",
        },
    ),
    "job": (
        "jobs",
        {
            "spec": {"completions": 3},
            "status": {
                "succeeded": 3,
                "startTime": "2026-01-01T11:00:00Z",
                "completionTime": "2026-01-01T11:00:42Z",
                "conditions": [{"type": "Complete", "status": "True"}],
            },
        },
        {"Status": "Complete", "Completions": "3/3", "Duration": "42s", "Selector": "<none>"},
    ),
    "job without completions": (
        "jobs",
        {"spec": {"parallelism": 2}},
        {"Status": "Running", "Completions": "0/1 of 2", "Duration": ""},
    ),
    "autoscaler": (
        "hpa",
        {
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                "minReplicas": 1,
                "maxReplicas": 5,
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
                ],
            },
            "status": {"currentMetrics": [{"resource": {"current": {"averageUtilization": 40}}}]},
        },
        {"Reference": "Deployment/web", "Targets": "cpu: 40%/80%", "MinPods": "1", "MaxPods": 5},
    ),
    "claim": (
        "pvc",
        {
            "spec": {"volumeName": "pv1", "volumeMode": "Filesystem"},
            "status": {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}},
        },
        {"Status": "Bound", "Capacity": "1Gi", "Access Modes": "RWO", "VolumeAttributesClass": "<unset>"},
    ),
    "event": (
        "events",
        {
            "involvedObject": {"kind": "Pod", "name": "a"},
            "source": {"component": "kubelet", "host": "n1"},
            "firstTimestamp": AN_HOUR_AGO,
            "message": " text\n",
        },
        {"Last Seen": "60m", "Object": "pod/a", "Source": "kubelet, n1", "Message": "text", "Count": 1},
    ),
    "revision": (
        "controllerrevisions",
        {
            "metadata": {
                "ownerReferences": [
                    {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "controller": True}
                ]
            },
            "revision": 2,
        },
        {"Controller": "statefulset.apps/db", "Revision": 2},
    ),
    "budget": (
        "pdb",
        {"spec": {"minAvailable": "50%"}, "status": {"disruptionsAllowed": 1}},
        {"Min Available": "50%", "Max Unavailable": "N/A", "Allowed Disruptions": 1},
    ),
    "policy": (
        "netpol",
        {
            "spec": {
                "podSelector": {
                    "matchLabels": {"app": "x"},
                    "matchExpressions": [
                        {"key": "env", "operator": "In", "values": ["b", "a"]},
                        {"key": "old", "operator": "DoesNotExist"},
                    ],
                }
            }
        },
        {"Pod-Selector": "app=x,env in (a,b),!old"},
    ),
    "definition": ("crds", {}, {"Name": "x", "Created At": AN_HOUR_AGO}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_cells(name: str) -> None:
    """Each kind's cells are those that kubectl shows."""
    resource, obj, expected = OTHERS[name]
    found = cells(resource, obj)
    assert {column: found[column] for column in expected} == expected


def boats(*columns: Object) -> Kind:
    """Return a custom kind with printer columns."""
    definition = {"name": "v1", "additionalPrinterColumns": list(columns)}
    return Kind("e.com", "v1", "Boat", "boats", "boat", definition=definition)


def test_custom_columns() -> None:
    """A definition's columns take their cells from the object; what is not there is null."""
    columns: list[Object] = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Crew", "type": "string", "jsonPath": ".spec.crew"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Launched", "type": "date", "jsonPath": ".spec.launched", "priority": 1},
        {"name": "None", "type": "string", "jsonPath": ".spec.none"},
    ]
    boat = {
        "metadata": {"name": "b"},
        "spec": {"size": 3, "crew": ["a"], "launched": AN_HOUR_AGO},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }
    found = render(boats(*columns), boat, NOW)
    assert found["rows"][0]["cells"] == ["b", 3, '["a"]', "True", "60m", None]
    assert found["columnDefinitions"][1] == {
        "name": "Size",
        "type": "integer",
        "format": "",
        "description": "Custom resource definition column (in JSONPath format): .spec.size",
        "priority": 0,
    }


def test_custom_kinds_without_columns_show_their_age() -> None:
    """Without columns of its own a custom kind shows name and age."""
    boat = {"metadata": {"name": "b", "creationTimestamp": AN_HOUR_AGO}}
    found = render(boats(), boat, NOW)
    assert [each["name"] for each in found["columnDefinitions"]] == ["Name", "Age"]
    assert found["rows"][0]["cells"] == ["b", "60m"]


def test_what_a_row_carries() -> None:
    """A row carries nothing, the metadata, or the whole object."""
    obj = {"metadata": {"name": "x"}, "data": {"a": "1"}}
    rows = {each: render(kind("cm"), obj, NOW, each)["rows"][0]["object"] for each in ("None", "", "Object")}
    assert rows["None"] is None
    assert rows[""] == partial_metadata(obj)
    assert rows["Object"] == {**obj, "kind": "ConfigMap", "apiVersion": "v1"}
    with pytest.raises(StatusError) as refused:
        render(kind("cm"), obj, NOW, "All")
    assert refused.value.status["message"] == (
        'Unable to convert to Table as requested: includeObject: Invalid value: "All": '
        "must be 'Metadata', 'Object', 'None', or empty"
    )


def test_lists_keep_their_place() -> None:
    """The metadata of a list, with its continue token, is that of the table."""
    listed = {"metadata": {"resourceVersion": "7", "continue": "t", "remainingItemCount": 2}, "items": []}
    found = render(kind("cm"), listed, NOW)
    assert (found["metadata"], found["rows"]) == (listed["metadata"], [])
    assert table(kind("cm"), [], {}, NOW, headers=False)["columnDefinitions"] is None


AGES = {
    -5: "<invalid>",
    -1: "0s",
    0: "0s",
    119: "119s",
    120: "2m",
    200: "3m20s",
    599: "9m59s",
    600: "10m",
    10_799: "179m",
    10_800: "3h",
    12_000: "3h20m",
    28_800: "8h",
    172_799: "47h",
    172_800: "2d",
    180_000: "2d2h",
    691_200: "8d",
    63_072_000: "2y",
    64_000_000: "2y10d",
    252_288_000: "8y",
}


@pytest.mark.parametrize("seconds", AGES)
def test_ages(seconds: int) -> None:
    """A span of time is shown in two or three figures."""
    assert human_duration(timedelta(seconds=seconds)) == AGES[seconds]


def test_no_time_no_age() -> None:
    """Without a time the age is unknown."""
    assert age(None, NOW) == "<unknown>"
