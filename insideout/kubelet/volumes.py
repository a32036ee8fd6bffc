"""The files that a Pod's volumes bring: of ConfigMaps, Secrets, the Pod's own fields, or several of these.

A container that is started finds them as they are then; insideout.kubelet.remounting brings it what changes.
Left out: the token and the certificates that every Pod gets of its service account; modes; the links by which
all files of a volume change at once.

Source: pkg/volume/{configmap,secret,projected,downwardapi}@v1.36.2 (MakePayload, collectData).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from insideout.client import Object
from insideout.kubelet.environment import Node, variables
from insideout.kubelet.sources import Kind, SourceError, Sources

Payload = dict[str, bytes]
"""What a file holds, by its path in the volume."""


class Mounted(NamedTuple):
    """What a container finds of its volumes, by path: what was mounted by subPath stays, the rest follows."""

    fixed: Payload
    followed: Payload


NOTHING = Mounted({}, {})
_ACCOUNT = "serviceAccountToken"
_MISSING: dict[Kind, str] = {
    "configmap": "configmap references non-existent config key: ",
    "secret": "references non-existent secret key: ",
}


def payload(volume: Object, pod: Object, node: Node, sources: Sources) -> Payload:
    """Return the files of a volume, none for one of another kind; SourceError when they cannot be had."""
    if "configMap" in volume:
        return _of("configmap", volume["configMap"], volume["configMap"].get("name", ""), sources)
    if "secret" in volume:
        return _of("secret", volume["secret"], volume["secret"].get("secretName", ""), sources)
    if "downwardAPI" in volume:
        return _fields(volume["downwardAPI"].get("items") or (), pod, node, sources)
    parts = (volume.get("projected") or {}).get("sources") or ()
    found: Payload = {}
    if any(_ACCOUNT in each for each in parts):
        return found
    for each in parts:
        if "configMap" in each:
            found |= _of("configmap", each["configMap"], each["configMap"].get("name", ""), sources)
        elif "secret" in each:
            found |= _of("secret", each["secret"], each["secret"].get("name", ""), sources)
        elif "downwardAPI" in each:
            found |= _fields(each["downwardAPI"].get("items") or (), pod, node, sources)
    return found


def can_change(volume: Object) -> bool:
    """Tell whether the files of a volume follow what they are made of."""
    if "projected" in volume:
        return not any(_ACCOUNT in each for each in volume["projected"].get("sources") or ())
    return any(name in volume for name in ("configMap", "secret", "downwardAPI"))


def mounted(mounts: Sequence[Object], payloads: Mapping[str, Payload]) -> Mounted:
    """Return the files of volumes that a container with these mounts finds, by their paths in it."""
    fixed: Payload = {}
    followed: Payload = {}
    for mount in mounts:
        files, at = payloads.get(mount["name"]) or {}, mount["mountPath"].rstrip("/")
        below = mount.get("subPath", "")
        if not _is_part(mount):
            followed |= {f"{at}/{path}": data for path, data in files.items()}
        elif below in files:
            fixed[at] = files[below]
        else:
            prefix = f"{below.rstrip('/')}/"
            inside = {path: data for path, data in files.items() if path.startswith(prefix)}
            fixed |= {f"{at}/{path.removeprefix(prefix)}": data for path, data in inside.items()}
    hidden = [mount["mountPath"].rstrip("/") for mount in mounts if _is_part(mount)]
    return Mounted(fixed, {path: data for path, data in followed.items() if not _is_below(path, hidden)})


def _is_part(mount: Object) -> bool:
    return bool(mount.get("subPath") or mount.get("subPathExpr"))


def _is_below(path: str, places: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in places)


def _of(kind: Kind, source: Object, name: str, sources: Sources) -> Payload:
    optional = bool(source.get("optional"))
    data = sources.data(kind, name, optional=optional)
    items: Sequence[Object] = source.get("items") or ()
    if not items:
        return dict(data)
    found: Payload = {}
    for item in items:
        if item["key"] in data:
            found[item["path"]] = data[item["key"]]
        elif not optional:
            raise SourceError(_MISSING[kind] + item["key"])
    return found


def _fields(items: Sequence[Object], pod: Object, node: Node, sources: Sources) -> Payload:
    found: Payload = {}
    for item in items:
        reference = {key: item[key] for key in ("fieldRef", "resourceFieldRef") if key in item}
        entry = {"name": "value", "valueFrom": reference}
        value = variables({"name": "", "env": [entry]}, pod, "", node, sources)["value"]
        found[item["path"]] = value.encode("utf-8", "surrogateescape")
    return found
