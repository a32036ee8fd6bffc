"""What opening a stream to a pod's node asks for besides the right to the method.

A stream over a GET, as a WebSocket begins, needs create beside get since v1.35: otherwise a right to read
would run commands.

Source: pkg/registry/core/pod/rest/authorize.go@v1.36.2.
"""

from insideout.apiserver.access import Access, attributes
from insideout.apiserver.kinds import Kind
from insideout.apiserver.requests import Request
from insideout.apiserver.status import forbidden
from insideout.apiserver.users import asking


def check(access: Access, request: Request, kind: Kind, name: str, subresource: str) -> None:
    """Raise 403 when the user may not open a stream by this method."""
    user = asking()
    if user.is_master or subresource == "log" or request.method == "POST":
        return
    asked = attributes(request)._replace(verb="create")
    if not access.decide(user, asked)[0]:
        raise forbidden(kind, name, "")
