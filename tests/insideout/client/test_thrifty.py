"""A thrifty client writes as often as anybody needs, and no more."""

import pytest

from insideout.client.thrifty import MOST, WITHIN_S, ThriftyClient, TooManyWritesError
from insideout.cluster import Cluster


def test_what_writes_without_end_is_stopped_and_may_write_again_later():
    with Cluster.create(nodes=0) as cluster:
        client = ThriftyClient(cluster.client(), cluster.loop)
        made = client.create("configmaps", {"metadata": {"name": "one"}}, "default")
        for number in range(MOST - 1):
            client.patch("configmaps", "one", {"data": {"n": str(number)}}, "default")
        for write in (
            lambda: client.patch("configmaps", "one", {"data": {"n": "x"}}, "default"),
            lambda: client.create("configmaps", {"metadata": {"name": "two"}}, "default"),
            lambda: client.update("configmaps", made, "default"),
            lambda: client.delete("configmaps", "one", "default"),
        ):
            with pytest.raises(TooManyWritesError, match="more than 100 writes within 10 s"):
                write()
        assert client.get("configmaps", "one", "default")["data"] == {"n": str(MOST - 2)}
        cluster.run(seconds=WITHIN_S)
        client.delete("configmaps", "one", "default")
