"""Subresources other than status: places.  (Being built.)"""

from typing import TYPE_CHECKING, Any

from course.apiserver.kinds import Kind
from course.apiserver.options import WriteOptions
from course.apiserver.status import unknown_path
from course.apiserver.views import View

if TYPE_CHECKING:
    from course.apiserver.server import ApiServer

Object = dict[str, Any]


def get(server: "ApiServer", kind: Kind, namespace: str, name: str, subresource: str) -> View | Object:
    """Answer a GET."""
    if subresource == "status":
        return server.resources.get(kind, namespace, name)
    raise unknown_path()


def post(
    server: "ApiServer",
    kind: Kind,
    namespace: str,
    name: str,
    subresource: str,
    body: Object,
    options: WriteOptions,
) -> View | Object:
    """Answer a POST."""
    raise unknown_path()


def put(
    server: "ApiServer",
    kind: Kind,
    namespace: str,
    name: str,
    subresource: str,
    body: Object,
    options: WriteOptions,
) -> View | Object:
    """Answer a PUT."""
    raise unknown_path()
