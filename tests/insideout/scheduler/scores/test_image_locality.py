import pytest

from insideout.scheduler.scores import image_locality
from tests.insideout.scheduler.builders import container, node, pod, scores, snapshot

MIB = 2**20
IMAGE = "registry.example.com:5000/app:1"

TABLE = {
    "nobody has it": ({}, {}, 0, 0),
    "both have it": ({IMAGE: 1000 * MIB}, {IMAGE: 1000 * MIB}, 100, 100),
    "few have it: it counts less": ({IMAGE: 1000 * MIB}, {}, 48, 0),
    "small images do not count": ({IMAGE: 23 * MIB}, {IMAGE: 23 * MIB}, 0, 0),
    "other images do not count": ({"other:1": 1000 * MIB}, {}, 0, 0),
    "beyond the threshold": ({IMAGE: 5000 * MIB}, {IMAGE: 5000 * MIB}, 100, 100),
}


@pytest.mark.parametrize("case", TABLE)
def test_bytes_that_are_there_already_count(case: str) -> None:
    """Two nodes; sizes are scaled by the share of nodes that hold the image."""
    on_a, on_b, score_a, score_b = TABLE[case]
    view = snapshot(node("a", images=on_a), node("b", images=on_b))
    new = pod(containers=[container(IMAGE)])
    assert scores(image_locality, new, view) == {"a": score_a, "b": score_b}


def test_the_threshold_grows_with_the_containers() -> None:
    """One large image of two containers is worth about half."""
    view = snapshot(node("a", images={IMAGE: 1000 * MIB}))
    assert scores(image_locality, pod(containers=[container(IMAGE), container("b:1")]), view) == {"a": 49}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("nginx", "nginx:latest"), ("nginx:1", "nginx:1"), ("r:5000/nginx", "r:5000/nginx:latest")],
)
def test_an_image_without_a_tag_means_latest(name: str, meant: str) -> None:
    """A port is not a tag."""
    assert image_locality.normalized(name) == meant


def test_a_node_that_changes_is_counted_anew() -> None:
    """Images leave with the node's state."""
    view = snapshot(node("a", images={IMAGE: 1}), node("b", images={IMAGE: 1}))
    view.set_node(node("a"))
    view.remove_node("b")
    assert view.image_nodes[IMAGE] == 0
