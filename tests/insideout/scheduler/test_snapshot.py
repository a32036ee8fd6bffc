from insideout.scheduler.scores import node_resources_fit
from tests.insideout.scheduler.builders import ZONE, container, node, pod, required, scores, snapshot, term


def test_sums_follow_pods_that_come_move_and_go() -> None:
    """Requests, ports and devices."""
    port = {"containerPort": 80, "hostPort": 80}
    device = {"example.com/gpu": "1"}
    info = pod("p", containers=[container(ports=[port], cpu="1", memory="1Gi", **device)])
    view = snapshot(node("a"), node("b"), a=info)
    a, b = (view.node(name) for name in "ab")
    assert a is not None
    assert b is not None
    assert (a.requested_milli_cpu, a.requested_memory_bytes) == (1000, 2**30)
    view.add_pod(info, "b")
    assert (a.requested_milli_cpu, a.requested_scalars["example.com/gpu"], a.pods) == (0, 0, {})
    assert (b.requested_milli_cpu, b.requested_scalars["example.com/gpu"]) == (1000, 1)
    assert view.remove_pod(info.uid) is info
    assert view.remove_pod(info.uid) is None
    assert (b.requested_milli_cpu, b.conflicts(info.host_ports)) == (0, False)


def test_pods_may_come_before_their_node_and_stay_after_it() -> None:
    """They count as soon as the node is known again."""
    view = snapshot(a=pod("p", cpu="1"))
    assert view.node("a") is None
    assert view.nodes == []
    view.set_node(node("a"))
    assert [each.requested_milli_cpu for each in view.nodes] == [1000]
    view.remove_node("a")
    view.set_node(node("a"))
    assert [each.requested_milli_cpu for each in view.nodes] == [1000]
    view.remove_node("a")
    view.remove_pod("default/p")
    view.set_node(node("a"))
    assert [each.requested_milli_cpu for each in view.nodes] == [0]


def test_terms_of_placed_pods_are_counted_by_domain() -> None:
    """And move with the node's labels."""
    shy = pod("p", affinity={"podAntiAffinity": required(term(ZONE, app="x"))})
    view = snapshot(node("a", {ZONE: "z1"}), a=shy)
    (counts,) = view.repelling.values()
    assert counts == {"z1": 1}
    view.set_node(node("a", {ZONE: "z2"}))
    (counts,) = view.repelling.values()
    assert counts == {"z2": 1}
    view.remove_pod(shy.uid)
    assert view.repelling == {}


def test_what_is_remembered_of_a_node_is_forgotten_when_it_changes() -> None:
    """A score is never older than its node."""
    view = snapshot(node("a", cpu="4", memory="4Gi"))
    new = pod(cpu="1", memory="1Gi")
    assert scores(node_resources_fit, new, view) == {"a": 75}
    view.add_pod(pod("p", cpu="1", memory="1Gi"), "a")
    assert scores(node_resources_fit, new, view) == {"a": 50}
    view.set_node(node("a", cpu="8", memory="8Gi"))
    assert scores(node_resources_fit, new, view) == {"a": 75}


def test_a_supposition_leaves_nothing_behind() -> None:
    """Pods counted within the block are gone after it."""
    view = snapshot(node("a"))
    (info,) = view.nodes
    with view.also([pod("p", cpu="1")], info):
        assert info.requested_milli_cpu == 1000
    assert info.requested_milli_cpu == 0
    assert view.placed_on("default/p") is None


def test_a_confirmation_that_changes_what_counts_is_counted() -> None:
    """A resized pod counts with its new size, an unchanged one is only taken over."""
    view = snapshot(node("a"), a=pod("p", cpu="1", nodeName="a"))
    (info,) = view.nodes
    later = pod("p", cpu="1", nodeName="a", status={"phase": "Running"})
    view.confirm(later)
    assert info.pods["default/p"] is later
    view.confirm(pod("p", cpu="2", nodeName="a"))
    assert info.requested_milli_cpu == 2000


def test_nodes_are_counted_by_the_keys_of_their_labels() -> None:
    """Those that are known, with the labels that they have now."""
    view = snapshot(node("a", {ZONE: "z1"}), node("b"), a=pod("p"))
    assert view.labelled_nodes[ZONE] == 1
    view.set_node(node("b", {ZONE: "z1"}))
    assert view.labelled_nodes[ZONE] == 2
    view.set_node(node("a"))
    view.remove_node("b")
    assert view.labelled_nodes[ZONE] == 0
