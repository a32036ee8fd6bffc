"""What a cluster has before anybody asks: the system namespaces, the API server's own Service, two priorities.

Source: pkg/controlplane/controller/systemnamespaces, .../kubernetesservice, pkg/registry/scheduling/rest
@v1.36.2.
"""

from typing import TYPE_CHECKING

from course.apiserver.options import WriteOptions

if TYPE_CHECKING:
    from course.apiserver.server import ApiServer

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


def create_system_objects(server: "ApiServer") -> None:
    """Create the system's objects that are not there yet."""
    options = WriteOptions(field_manager="kube-apiserver")
    namespaces = server.kind("", "v1", "namespaces")
    for name in _NAMESPACES:
        if server.resources.find(namespaces, "", name) is None:
            server.create(namespaces, "", {"metadata": {"name": name}}, options)
