"""What each request for a deprecated kind is warned of; for custom kinds their definition may say it.

Source: k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go,
k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go (defaultDeprecationWarning),
k8s.io/apimachinery/pkg/version/helpers.go (CompareKubeAwareVersionStrings)@v1.36.2.
"""

import re
from collections.abc import Iterable

from insideout.apiserver.kinds import Kind

_VERSION = re.compile(r"v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?")
_STAGES = {"alpha": 0, "beta": 1, None: 2}


def of(kinds: Iterable[Kind], kind: Kind) -> list[str]:
    """Return the warning about `kind`, none when it is not deprecated; `kinds` are all that are served."""
    definition = kind.definition or {}
    if not definition.get("deprecated"):
        return [kind.deprecated] if kind.deprecated else []
    if definition.get("deprecationWarning"):
        return [str(definition["deprecationWarning"])]
    newer = [
        each.version
        for each in kinds
        if (each.group, each.plural) == (kind.group, kind.plural)
        and not (each.definition or {}).get("deprecated")
        and rank(each.version) > rank(kind.version)
    ]
    use = f"; use {kind.group}/{max(newer, key=rank)} {kind.kind}" if newer else ""
    return [f"{kind.group}/{kind.version} {kind.kind} is deprecated{use}"]


def rank(version: str) -> tuple[int, int, int, str]:
    """Return a key that sorts versions by how stable they are: x, v1alpha1, v1beta1, v1, v2."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return (-1, 0, 0, "".join(chr(0x10FFFF - ord(char)) for char in version))
    return (_STAGES[found[2]], int(found[1]), int(found[3] or 0), "")
