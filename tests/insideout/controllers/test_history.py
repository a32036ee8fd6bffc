"""StatefulSets and DaemonSets keep as many old revisions as they say."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.insideout.controllers.conftest import template


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_the_oldest_revisions_go(cluster: Callable[[int], Any], kind: str) -> None:
    """Beyond the limit; the one that Pods have does not count."""
    world = cluster(1)
    spec = {"selector": {"matchLabels": {"app": "x"}}, "revisionHistoryLimit": 1}
    spec |= {"serviceName": "x"} if kind == "StatefulSet" else {}
    world.create("apps/v1", kind, "x", spec | {"template": template("x")})
    world.run(5)
    for generation in ("2", "3", "4"):
        annotations = {"metadata": {"annotations": {"generation": generation}}}
        world.patch(f"{kind.lower()}s", "x", {"spec": {"template": annotations}})
        world.run(60)
    revisions = world.client.list("controllerrevisions", "default")["items"]
    assert sorted(revision["revision"] for revision in revisions) == [3, 4]
