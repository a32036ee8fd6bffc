"""The messages of Kubernetes' types: their fields by number, read from `messages.txt`.

A message stands on a line of its own, its fields below it in the order of Go's struct, which is the order of
its JSON, each as "NUMBER NAME TYPE".  NAME is the field's name in JSON.  TYPE begins with "[]" for a list and
"{}" for a map from strings, and ends with "!" where Go keeps the value itself, and so writes it even
when it is empty.

Source: the generated.proto and generated.pb.go files of k8s.io/{api,apimachinery,apiextensions-apiserver}
@v1.36.2.
"""

from functools import cache
from importlib import resources
from typing import NamedTuple

from insideout.apiserver.kinds import Kind

_INLINE = (
    "deviceConfiguration",
    "ephemeralContainerCommon",
    "handler",
    "ingressRuleValue",
    "localObjectReference",
    "persistentVolumeSource",
    "rule",
    "ruleWithOperations",
    "volumeSource",
)
"""Fields that are messages of their own in protobuf, and part of the object around them in JSON."""

_GROUPS = {"": "core", "rbac.authorization.k8s.io": "rbac"}
"""Groups whose package is not named by the first word of their name."""


class Field(NamedTuple):
    """One field of a message: its name in JSON, its type, and whether it is a list or a map of that."""

    name: str
    type: str
    repeated: bool
    mapped: bool
    always: bool
    """Written also when it is empty."""
    inline: bool
    """Part of the object around it in JSON."""


@cache
def messages() -> dict[str, dict[int, Field]]:
    """Return every message's fields by number."""
    found: dict[str, dict[int, Field]] = {}
    text = resources.files("insideout.apiserver.protobuf").joinpath("messages.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith(" "):
            message = found[line] = {}
            continue
        number, name, said = line.split()
        type_ = said.lstrip("[]{}").rstrip("!")
        inline = name in _INLINE and "." in type_
        repeated, mapped = said.startswith("[]"), said.startswith("{}")
        message[int(number)] = Field(name, type_, repeated, mapped, said.endswith("!"), inline)
    return found


def message_of(group: str, version: str, kind: str) -> str:
    """Return the name of a kind's message, such as "core.v1.Pod"; "" when there is none."""
    package = _GROUPS.get(group) or group.partition(".")[0]
    own = f"{package}.{version}.{kind}"
    if own in messages():
        return own
    shared = f"meta.v1.{kind}" if not group and version == "v1" else ""  # Status, DeleteOptions
    return shared if shared in messages() else ""


def has_message(kind: Kind) -> bool:
    """Tell whether objects of a kind have a form in protobuf: those of custom kinds have none."""
    return kind.definition is None and bool(message_of(kind.group, kind.version, kind.kind))
