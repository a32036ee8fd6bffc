import pytest

from insideout.scheduler.filters import node_ports
from insideout.scheduler.podinfo import PodInfo
from tests.insideout.scheduler.builders import container, node, pod, reasons, snapshot

TAKEN = "node(s) didn't have free ports for the requested pod ports"


def listening(port: int, protocol: str = "TCP", address: str = "", name: str = "new") -> PodInfo:
    """Return a pod that wants a port of the host."""
    wanted = {"containerPort": 80, "hostPort": port, "protocol": protocol, "hostIP": address}
    return pod(name, containers=[container(ports=[wanted])])


TABLE = {
    "same port": (listening(80), listening(80), TAKEN),
    "other port": (listening(80), listening(81), ""),
    "other protocol": (listening(80), listening(80, "UDP"), ""),
    "other address": (listening(80, address="10.0.0.1"), listening(80, address="10.0.0.2"), ""),
    "same address": (listening(80, address="10.0.0.1"), listening(80, address="10.0.0.1"), TAKEN),
    "any address is taken by one": (listening(80, address="10.0.0.1"), listening(80), TAKEN),
    "one address is taken by any": (listening(80), listening(80, address="10.0.0.1"), TAKEN),
    "a container port is no host port": (
        pod(containers=[container(ports=[{"containerPort": 80}])]),
        listening(80),
        "",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_host_port_serves_one_pod(case: str) -> None:
    """Address, protocol and port decide."""
    old, new, said = TABLE[case]
    old.uid = "old"
    assert reasons(node_ports, new, snapshot(node("n"), n=old)) == {"n": said}


def test_a_port_is_free_again_when_its_pod_has_gone() -> None:
    """Removing the pod frees the port."""
    view = snapshot(node("n"), n=listening(80, name="old"))
    view.remove_pod("default/old")
    assert reasons(node_ports, listening(80), view) == {"n": ""}


def test_sidecars_count_and_plain_init_containers_do_not() -> None:
    """A plain init container has ended before others listen."""
    port = [{"containerPort": 80, "hostPort": 80}]
    init = {**container(ports=port), "name": "i"}
    sidecar = {**init, "restartPolicy": "Always"}
    assert pod(initContainers=[init]).host_ports == ()
    assert pod(initContainers=[sidecar]).host_ports == (("0.0.0.0", "TCP", 80),)
