"""Who belongs to whom, by what the informers have: a controller's own objects, and whose an object is.

Source: pkg/controller/controller_utils.go:FilterPodsByOwner, resolveControllerRef of each controller,
k8s.io/client-go/listers/apps/v1/replicaset_expansion.go:GetPodReplicaSets@v1.36.2.
"""

from insideout.apimachinery import owners, selectors
from insideout.client import Object
from insideout.client.informer import Informer, Key
from insideout.controllers.informers import BY_CONTROLLER


def own_and_orphans(informer: Informer, owner: Object) -> list[Object]:
    """Return what `owner` controls, and the orphans of its namespace, which it may adopt."""
    return informer.by_index(BY_CONTROLLER, owner["metadata"]["uid"]) + orphans(informer, owner)


def orphans(informer: Informer, owner: Object) -> list[Object]:
    """Return what nobody controls in the namespace of `owner`."""
    return informer.by_index(BY_CONTROLLER, f"orphans/{owner['metadata']['namespace']}")


def controller_key(obj: Object, kind: str) -> Key | None:
    """Return the key of an object's controller, or None when that is of another kind or there is none."""
    owner = owners.controller_of(obj)
    if owner is None or owner["kind"] != kind:
        return None
    return obj["metadata"]["namespace"], owner["name"]


def selecting(informer: Informer, obj: Object) -> list[Object]:
    """Return those in an object's namespace whose spec.selector selects it."""
    labels = obj["metadata"].get("labels")
    found = []
    for each in informer.list(obj["metadata"]["namespace"]):
        selector = selectors.from_object(each["spec"].get("selector"))
        if selector is not None and selector.matches(labels):
            found.append(each)
    return found
