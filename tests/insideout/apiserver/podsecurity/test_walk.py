"""The words of the checks."""

from insideout.apiserver.podsecurity import walk


def test_containers_of_all_sorts_are_looked_at_init_containers_first() -> None:
    """Ephemeral ones come last."""
    spec = {
        "ephemeralContainers": [{"name": "e"}],
        "containers": [{"name": "c", "securityContext": {"privileged": True}}],
        "initContainers": [{"name": "i"}],
    }
    assert list(walk.contexts(spec)) == [("i", {}), ("c", {"privileged": True}), ("e", {})]


def test_one_is_named_as_one_and_two_as_two() -> None:
    """With the verb too."""
    assert walk.uses(["a"]) == 'container "a" uses'
    assert walk.uses(["a", "b"]) == 'containers "a", "b" use'
    assert walk.blamed(True, ["a"]) == ["pod", 'container "a"']
    assert walk.blamed(False, []) == []
