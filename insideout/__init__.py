"""A Kubernetes cluster in one Python process.

    from insideout import Cluster

    cluster = Cluster.create(nodes=3)
    cluster.core.list_node()  # the official Python client, without a network
    cluster.run(minutes=5)  # virtual time: at once

Importing this loads nothing; `Cluster` and what it is made of are loaded when they are first named.
"""

from insideout.apimachinery.version import KUBERNETES_VERSION

TYPE_CHECKING = False  # typing itself takes longer to import than all of this
if TYPE_CHECKING:
    from insideout.cluster import Cluster

__all__ = ["KUBERNETES_VERSION", "Cluster"]


def __getattr__(name: str) -> object:
    if name == "Cluster":
        from insideout.cluster import Cluster

        return Cluster
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
