from insideout.scheduler.nodetree import NodeTree, zone_of

ZONE = "topology.kubernetes.io/zone"


def test_zones_take_turns() -> None:
    """One node of each zone at a time, zones in the order in which they were first seen."""
    tree = NodeTree()
    for name, zone in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"), ("c2", "c")):
        tree.put(name, {ZONE: zone})
    assert tree.names() == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_a_zone_without_nodes_loses_its_place() -> None:
    """It comes last when it comes again."""
    tree = NodeTree()
    tree.put("a1", {ZONE: "a"})
    tree.put("b1", {ZONE: "b"})
    tree.remove("a1")
    tree.put("a2", {ZONE: "a"})
    assert tree.names() == ["b1", "a2"]


def test_a_node_moves_with_its_label() -> None:
    """And stays where it is when other labels change."""
    tree = NodeTree()
    tree.put("x", {ZONE: "a"})
    tree.put("y", {ZONE: "a"})
    assert not tree.put("x", {ZONE: "a", "disk": "ssd"})
    assert tree.put("x", {ZONE: "b"})
    assert tree.names() == ["y", "x"]


def test_the_older_zone_label_wins() -> None:
    """As long as objects with it exist."""
    old = {"failure-domain.beta.kubernetes.io/zone": "old", ZONE: "new", "topology.kubernetes.io/region": "r"}
    assert zone_of(old) == ("r", "old")
