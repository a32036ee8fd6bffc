"""LimitRange admission: containers get the defaults of their namespace, and nobody asks for less or more.

Source: plugin/pkg/admission/limitranger/admission.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import resources
from insideout.apimachinery.amount import Amount
from insideout.apimachinery.resources import Amounts
from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import limitranges
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import forbidden
from insideout.store import Store

Object = dict[str, Any]

ANNOTATION = "kubernetes.io/limit-ranger"


class LimitRanger:
    """The LimitRanges of all namespaces, as the store has them."""

    def __init__(self, store: Store, registry: Registry) -> None:
        kind = registry.named("limitranges")
        assert kind is not None  # built in
        self._kind = kind
        self._store = store
        self._known: dict[str, list[Object]] = {}
        store.watch(keys.prefix(kind), store.revision + 1, self._known.clear)

    def admit(self, namespace: str, pod: Object) -> None:
        """Give a new pod's containers the requests and limits that they leave out."""
        for found in self._of(namespace):
            requests, limits = limitranges.defaults_of(found)
            said: list[str] = []
            for name, what in (("containers", "container"), ("initContainers", "init container")):
                for container in pod["spec"].get(name) or ():
                    said += _complete(container, requests, limits, what)
            if said:
                annotations = pod["metadata"].get("annotations") or {}
                text = "LimitRanger plugin set: " + "; ".join(said)
                pod["metadata"]["annotations"] = {**annotations, ANNOTATION: text}

    def check(self, kind: Kind, obj: Object) -> None:
        """Raise 403 for a pod or a claim that asks for less or more than it may."""
        for found in self._of(obj["metadata"].get("namespace", "")):
            problems: list[str] = []
            for item in found["spec"].get("limits") or ():
                problems += _problems(item, kind, obj)
            if problems:
                unique = list(dict.fromkeys(problems))
                why = unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"
                raise forbidden(kind, obj["metadata"].get("name", ""), why)

    def _of(self, namespace: str) -> list[Object]:
        """Return those of a namespace, read again after any was written: most pods have none."""
        found = self._known.get(namespace)
        if found is None:
            pairs = self._store.range(keys.prefix(self._kind, namespace)).items if namespace else ()
            found = self._known[namespace] = [pair.value.object for pair in pairs]
        return found


def _complete(container: Object, requests: Amounts, limits: Amounts, what: str) -> list[str]:
    """Fill in what a container leaves out; return what was set, as the annotation says it."""
    said = []
    given = container.get("resources") or {}
    for name, word, defaults in (("requests", "request", requests), ("limits", "limit", limits)):
        known = given.get(name) or {}
        added = {key: value.text for key, value in sorted(defaults.items()) if key not in known}
        if added:
            container["resources"] = given = {**given, name: {**known, **added}}
            said.append(f"{', '.join(added)} {word} for {what} {container['name']}")
    return said


def _problems(item: Object, kind: Kind, obj: Object) -> list[str]:
    type_, spec = item.get("type"), obj["spec"]
    if kind.kind == "PersistentVolumeClaim":
        if type_ != "PersistentVolumeClaim":
            return []
        requests = resources.amounts((spec.get("resources") or {}).get("requests"))
        found = [_least(type_, name, value, requests, {}) for name, value in _sorted(item, "min")]
        found += [_most_requested(type_, name, value, requests) for name, value in _sorted(item, "max")]
        return [each for each in found if each]
    if type_ == "Container":
        containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
        given = [each.get("resources") or {} for each in containers]
        asked = [
            (resources.amounts(each.get("requests")), resources.amounts(each.get("limits"))) for each in given
        ]
    elif type_ == "Pod":
        bare = {**obj, "spec": {key: value for key, value in spec.items() if key != "overhead"}}
        asked = [(resources.effective_requests(bare), resources.effective_limits(bare))]
    else:
        return []
    found = []
    for requests, limits in asked:
        found += [_least(type_, name, value, requests, limits) for name, value in _sorted(item, "min")]
        found += [_most(type_, name, value, requests, limits) for name, value in _sorted(item, "max")]
        ratios = _sorted(item, "maxLimitRequestRatio")
        found += [_ratio(type_, name, value, requests, limits) for name, value in ratios]
    return [each for each in found if each]


def _sorted(item: Object, name: str) -> list[tuple[str, Amount]]:
    return sorted(resources.amounts(item.get(name)).items())


def _least(type_: str, name: str, least: Amount, requests: Amounts, limits: Amounts) -> str:
    request, limit = requests.get(name), limits.get(name)
    rule = f"minimum {name} usage per {type_} is {least}"
    if request is None:
        return f"{rule}.  No request is specified"
    if request.value < least.value:
        return f"{rule}, but request is {request}"
    if limit is not None and limit.value < least.value:
        return f"{rule}, but limit is {limit}"
    return ""


def _most_requested(type_: str, name: str, most: Amount, requests: Amounts) -> str:
    request = requests.get(name)
    rule = f"maximum {name} usage per {type_} is {most}"
    if request is None:
        return f"{rule}.  No request is specified"
    return f"{rule}, but request is {request}" if request.value > most.value else ""


def _most(type_: str, name: str, most: Amount, requests: Amounts, limits: Amounts) -> str:
    request, limit = requests.get(name), limits.get(name)
    rule = f"maximum {name} usage per {type_} is {most}"
    if limit is None:
        return f"{rule}.  No limit is specified"
    if limit.value > most.value:
        return f"{rule}, but limit is {limit}"
    if request is not None and request.value > most.value:
        return f"{rule}, but request is {request}"
    return ""


def _ratio(type_: str, name: str, most: Amount, requests: Amounts, limits: Amounts) -> str:
    request, limit = requests.get(name), limits.get(name)
    rule = f"{name} max limit to request ratio per {type_} is {most}"
    if request is None or not request.value:
        return f"{rule}, but no request is specified or request is 0"
    if limit is None or not limit.value:
        return f"{rule}, but no limit is specified or limit is 0"
    ratio = limitranges.ratio_of(limit, request)
    return f"{rule}, but provided ratio is {ratio:.6f}" if ratio > most.value else ""
