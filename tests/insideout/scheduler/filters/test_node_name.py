from insideout.scheduler.filters import node_name
from tests.insideout.scheduler.builders import node, pod, reasons, snapshot


def test_a_pod_that_names_a_node_wants_no_other() -> None:
    """The named node passes, others do not."""
    view = snapshot(node("a"), node("b"))
    expected = {"a": "", "b": "node(s) didn't match the requested node name"}
    assert reasons(node_name, pod(nodeName="a"), view) == expected
    assert reasons(node_name, pod(), view) == {"a": "", "b": ""}
