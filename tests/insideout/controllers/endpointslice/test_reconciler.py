"""A Service has slices for each address family and each set of ports, and never none at all."""

from typing import Any

from insideout.controllers.endpointslice import reconciler

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "svc", "namespace": "ns", "uid": "s", "labels": {"team": "a"}},
    "spec": {"clusterIP": "10.96.0.1", "ports": [{"port": 80, "targetPort": "web"}], "ipFamilies": ["IPv4"]},
}
NODES: dict[str, Any] = {"n1": {"metadata": {"name": "n1"}}}


def pod(name: str, port: int = 8080, **fields: Any) -> dict[str, Any]:
    """Return a ready Pod that serves "web" on a port."""
    number = int(name[1:])
    status = {"phase": "Running", "podIPs": [{"ip": f"10.0.0.{number}"}]}
    container = {"name": "c", "ports": [{"name": "web", "containerPort": port}]}
    return {
        "metadata": {"name": name, "namespace": "ns", "uid": name},
        "spec": {"nodeName": "n1", "containers": [container]} | fields,
        "status": status | {"conditions": [{"type": "Ready", "status": "True"}]},
    }


def stored(*slices: dict[str, Any]) -> list[dict[str, Any]]:
    """Return slices as the server would keep them."""
    return [s | {"metadata": s["metadata"] | {"name": f"svc-{i}"}} for i, s in enumerate(slices)]


def reconcile(
    pods: list[dict[str, Any]], slices: list[dict[str, Any]], service: dict[str, Any] = SERVICE
) -> reconciler.Writes:
    """Reconcile with the one node."""
    return reconciler.reconcile(service, pods, NODES, slices)


def test_nobody_is_an_empty_slice_which_stays() -> None:
    writes = reconcile([], [])
    (placeholder,) = writes.create
    assert (placeholder["endpoints"], placeholder["ports"]) == ([], None)
    assert reconcile([], stored(placeholder)) == ([], [], [], [], [])


def test_the_first_pod_fills_the_empty_slice_anew() -> None:
    """Its ports differ, so the slice is written over under its name rather than deleted beside a new one."""
    writes = reconcile([pod("p1")], stored(*reconcile([], []).create))
    assert (writes.create, writes.delete) == ([], [])
    (refilled,) = writes.update
    assert refilled["metadata"]["name"] == "svc-0"
    assert refilled["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]


def test_pods_whose_named_port_differs_are_listed_apart() -> None:
    writes = reconcile([pod("p1"), pod("p2", 9090), pod("p3")], [])
    listed = {s["ports"][0]["port"]: [e["targetRef"]["name"] for e in s["endpoints"]] for s in writes.create}
    assert listed == {8080: ["p1", "p3"], 9090: ["p2"]}


def test_each_family_has_its_own() -> None:
    service = SERVICE | {"spec": SERVICE["spec"] | {"ipFamilies": ["IPv4", "IPv6"]}}
    both = reconcile([pod("p1")], [], service).create
    assert [(s["addressType"], len(s["endpoints"])) for s in both] == [("IPv4", 1), ("IPv6", 0)]
    assert reconcile([pod("p1")], stored(*both)).delete == stored(*both)[1:]


def test_labels_follow_the_service() -> None:
    slices = stored(*reconcile([pod("p1")], []).create)
    relabelled = SERVICE | {"metadata": SERVICE["metadata"] | {"labels": {"team": "b"}}}
    (updated,) = reconcile([pod("p1")], slices, relabelled).update
    assert updated["metadata"]["labels"] == {
        "team": "b",
        "kubernetes.io/service-name": "svc",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    assert updated["endpoints"] == slices[0]["endpoints"]


def test_a_pod_on_an_unknown_node_waits() -> None:
    writes = reconcile([pod("p1", nodeName="gone")], [])
    assert writes.missing_nodes == ["gone"]
    assert [s["endpoints"] for s in writes.create] == [[]]


def test_slices_of_an_earlier_service_of_this_name_go() -> None:
    slices = stored(*reconcile([pod("p1")], []).create)
    again = SERVICE | {"metadata": SERVICE["metadata"] | {"uid": "t"}}
    writes = reconcile([pod("p1")], slices, again)
    assert writes.delete == slices
    assert [len(s["endpoints"]) for s in writes.create] == [1]
