"""Waits until an API server serves the kinds of new definitions: a real one takes a moment."""

from insideout.client.interface import ApiError
from insideout.cluster import Cluster
from insideout.controllers.cache.kinds import DEFINITIONS, NAMESPACE


def await_served(cluster: Cluster) -> None:
    """Let time pass until the kinds of DEFINITIONS can be listed; TimeoutError after a minute."""
    client = cluster.client("user")

    def is_served() -> bool:
        try:
            for definition in DEFINITIONS:
                client.list(definition["metadata"]["name"], NAMESPACE)
        except ApiError as problem:
            if problem.code != 404:
                raise
            return False
        return True

    cluster.wait(is_served)
