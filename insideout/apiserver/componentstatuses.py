"""ComponentStatuses: how the other parts of the control plane are, as the API server finds when it asks them.

Deprecated since v1.19.  Left out: the scheduler and the controller manager, which have no port to ask here.

Source: pkg/registry/core/componentstatus/rest.go@v1.36.2.
"""

from insideout.apiserver.kinds import COMPONENT_STATUS
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.reading import Listing
from insideout.apiserver.status import not_found
from insideout.apiserver.views import View

_NAMES = ("etcd-0",)


def listed(revision: int) -> Listing:
    """Return the state of every part that is asked."""
    return Listing([get(name) for name in _NAMES], revision)


def get(name: str) -> View:
    """Return the state of one part; raise 404 for one that there is not."""
    if name not in _NAMES:
        raise not_found(COMPONENT_STATUS, name)
    condition = {"type": "Healthy", "status": "True", "message": "ok"}
    return View(
        {
            "kind": COMPONENT_STATUS.kind,
            "apiVersion": "v1",
            "metadata": {"name": name, "resourceVersion": ""},
            "conditions": [condition],
        },
        NOBODY,
    )
