"""Volumes that are accepted but do nothing any more, and files that would lie over each other.

Source: pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths)@v1.36.2.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from insideout.apimachinery import amount
from insideout.apimachinery.goquote import go_quote

Object = dict[str, Any]
Path = tuple[str, str]
"""A path, and where it came from."""

_GONE = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "ephemeral": "",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
_SHOWN = {"storageos": "storageOS"}
_PERSISTENT = (
    "cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd", "flocker", "quobyte",
)  # fmt: skip
GONE_PERSISTENT = {name: _GONE[name] for name in _PERSISTENT}
"""What is left of volume plugins, by field of a PersistentVolume, and since when it does nothing."""


def volumes(given: Iterable[Object], path: str) -> Iterator[str]:
    """Yield the warnings about a pod's volumes."""
    given = list(given)
    for index, volume in enumerate(given):
        for name, message in _GONE.items():
            if volume.get(name) is None:
                continue
            at = f"{path}[{index}].{_SHOWN.get(name, name)}"
            if name == "ephemeral":
                claim = (volume[name].get("volumeClaimTemplate") or {}).get("spec") or {}
                yield from claim_spec(claim, f"{at}.volumeClaimTemplate.spec")
            else:
                yield f"{at}: {message}"
    for volume in given:
        yield from _overlaps(volume)


def claim_spec(spec: Object, path: str) -> Iterator[str]:
    """Yield a warning for each amount of storage that is no whole number of bytes."""
    for name in ("requests", "limits"):
        text = ((spec.get("resources") or {}).get(name) or {}).get("storage")
        if text is not None and amount.parse(text).value % 1:
            at = f"{path}.resources.{name}[storage]"
            yield f"{at}: fractional byte value {go_quote(text)} is invalid, must be an integer"


def _overlaps(volume: Object) -> Iterator[str]:
    name = go_quote(volume.get("name", ""))
    for kind, title, key in (
        ("configMap", "ConfigMap", "name"),
        ("secret", "Secret", "secretName"),
        ("downwardAPI", "DownwardAPI", ""),
    ):
        source = volume.get(kind)
        if source is not None:
            what = f"{title} {go_quote(source.get(key, ''))}" if key else title
            yield from _told(f"volume {name} ({what})", _paths(source, ""), [])
    seen: list[Path] = []
    for source in (volume.get("projected") or {}).get("sources") or ():
        if not any(source.values()):
            yield f"volume {name} (Projected) has no sources provided"
        else:
            yield from _told(f"volume {name} (Projected)", _projected(source), seen)


def _projected(source: Object) -> list[Path]:
    for kind, title in (("configMap", "ConfigMap"), ("secret", "Secret"), ("downwardAPI", "DownwardAPI")):
        found = source.get(kind)
        if found is not None and found.get("items") is not None:
            named = "" if kind == "downwardAPI" else f" {go_quote(found.get('name', ''))}"
            return _paths(found, f"{title}{named}")
    token = source.get("serviceAccountToken")
    return [(token.get("path", ""), "ServiceAccountToken")] if token is not None else []


def _paths(source: Object, where: str) -> list[Path]:
    return [(item.get("path", ""), where) for item in source.get("items") or ()]


def _told(volume: str, paths: list[Path], seen: list[Path]) -> Iterator[str]:
    for path, where in paths:
        one = (path.rstrip("/"), where)
        for other in seen:
            if one[0] and other[0] and (_inside(one[0], other[0]) or _inside(other[0], one[0])):
                yield f"{volume}: overlapping paths: {_shown(one)} with {_shown(other)}"
        seen.append(one)


def _inside(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def _shown(path: Path) -> str:
    return f"{go_quote(path[0])} ({path[1]})" if path[1] else go_quote(path[0])
