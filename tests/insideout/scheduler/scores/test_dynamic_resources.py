from insideout.scheduler.scores import dynamic_resources
from tests.insideout.scheduler.builders import node, pod, scores, snapshot


def test_a_pod_without_claims_fares_equally_everywhere() -> None:
    """The plugin speaks for every pod, and says 0."""
    assert scores(dynamic_resources, pod(), snapshot(node("a"), node("b"))) == {"a": 0, "b": 0}
