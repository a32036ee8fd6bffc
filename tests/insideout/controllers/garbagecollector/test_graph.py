"""The graph says which objects to look at when one changes."""

from insideout.client import Object
from insideout.controllers.garbagecollector.graph import FOREGROUND, ORPHAN, Graph


def obj(uid: str, *owners: str, blocking: bool = True, finalizer: str = "", deleting: bool = False) -> Object:
    """Return an object with these owners."""
    metadata: Object = {"name": uid, "namespace": "ns", "uid": uid}
    metadata["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "Thing", "name": owner, "uid": owner, "blockOwnerDeletion": blocking}
        for owner in owners
    ]
    metadata["finalizers"] = [finalizer] if finalizer else []
    if deleting:
        metadata["deletionTimestamp"] = "t"
    return {"apiVersion": "v1", "kind": "Thing", "metadata": metadata}


def graph_of(*objects: Object) -> Graph:
    """Return a graph that has seen these objects."""
    graph = Graph()
    for each in objects:
        graph.observe(each)
    return graph


def test_when_an_owner_goes_its_dependents_are_looked_at() -> None:
    """All of them, in the order they were seen."""
    assert graph_of(obj("o"), obj("b", "o"), obj("a", "o")).forget("o").delete == ["b", "a"]


def test_a_dependent_of_an_unknown_owner_is_looked_at() -> None:
    """The owner may have gone before it was ever seen."""
    graph = Graph()
    assert graph.observe(obj("a", "o")).delete == ["a"]
    assert graph.observe(obj("a", "o")).delete == [], "once is enough"
    assert graph.forget("o").delete == ["a"], "and its end is noticed all the same"


def test_foreground_deletion_looks_at_the_dependents_and_then_at_the_owner() -> None:
    """Only when it begins."""
    graph = graph_of(obj("o"), obj("a", "o"))
    waiting = obj("o", finalizer=FOREGROUND, deleting=True)
    assert graph.observe(waiting).delete == ["a", "o"]
    assert graph.observe(waiting).delete == []
    assert [item.uid for item in graph.blocking_dependents("o")] == ["a"]


def test_a_waiting_owner_is_looked_at_when_a_dependent_lets_go() -> None:
    """By going, by dropping the reference, or by no longer blocking."""
    for change in (
        lambda graph: graph.forget("a"),
        lambda graph: graph.observe(obj("a")),
        lambda graph: graph.observe(obj("a", "o", blocking=False)),
    ):
        graph = graph_of(obj("o"), obj("a", "o"), obj("o", finalizer=FOREGROUND, deleting=True))
        assert change(graph).delete == ["o"]
        assert graph.blocking_dependents("o") == []


def test_orphaning_is_noticed_when_it_begins() -> None:
    """An orphan finalizer alone, without a deletion, means nothing."""
    graph = Graph()
    assert graph.observe(obj("o", finalizer=ORPHAN)).orphan == []
    assert graph.observe(obj("o", finalizer=ORPHAN, deleting=True)).orphan == ["o"]


def renamed(dependent: Object, **fields: str) -> Object:
    """Return a dependent whose reference says something else of its owner than its UID does."""
    dependent["metadata"]["ownerReferences"][0] |= fields
    return dependent


def test_a_uid_alone_makes_no_owner() -> None:
    """Kind and name have to be the owner's too; whichever of the two is seen first."""
    for fields in ({"kind": "Other"}, {"name": "x"}, {"apiVersion": "v2"}):
        assert graph_of(obj("o")).observe(renamed(obj("a", "o"), **fields)).delete == ["a"]
        assert graph_of(renamed(obj("a", "o"), **fields)).observe(obj("o")).delete == ["a"]
    assert graph_of(obj("o")).observe(obj("a", "o")).delete == []
    assert graph_of(obj("a", "o")).observe(obj("o")).delete == []


def test_an_owner_in_another_namespace_is_none() -> None:
    """It is said so, too; an owner without a namespace may have dependents in all."""
    elsewhere = obj("a", "o")
    elsewhere["metadata"]["namespace"] = "other"
    look = graph_of(obj("o")).observe(elsewhere)
    assert (look.delete, look.misplaced) == (["a"], [("a", "o")])
    cluster_wide = obj("o")
    del cluster_wide["metadata"]["namespace"]
    look = graph_of(cluster_wide).observe(elsewhere)
    assert (look.delete, look.misplaced) == ([], [])
