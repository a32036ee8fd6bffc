"""The policy that the labels of a namespace set: a level and a version to enforce, to audit and to warn of.

Source: k8s.io/pod-security-admission/api/helpers.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from insideout.apiserver.objects import field
from insideout.apiserver.status import Cause

PREFIX = "pod-security.kubernetes.io/"
LEVELS = ("privileged", "baseline", "restricted")
"""From the most lenient to the strictest."""

LATEST = 10**9
"""A minor version that is newer than any."""

_VERSION = re.compile(r"v1\.([0-9]|[1-9][0-9]*)")


class Standard(NamedTuple):
    """A level and the minor version of Kubernetes whose meaning of it counts."""

    level: str = "privileged"
    version: int = LATEST

    def __str__(self) -> str:
        return f"{self.level}:{'latest' if self.version == LATEST else f'v1.{self.version}'}"

    @property
    def strictness(self) -> int:
        """The place of the level among the levels."""
        return LEVELS.index(self.level)


class Policy(NamedTuple):
    """What a namespace demands; auditing goes to no log here."""

    enforce: Standard = Standard()
    warn: Standard = Standard()


def is_set(labels: Mapping[str, str]) -> bool:
    """Tell whether there is anything to read."""
    return any(label.startswith(PREFIX) for label in labels)


def policy_of(labels: Mapping[str, str]) -> tuple[Policy, list[Cause]]:
    """Return the policy, and what is wrong with the labels; wrong levels enforce much and warn of nothing."""
    causes: list[Cause] = []
    found = {}
    for mode, instead in (("enforce", "restricted"), ("audit", "privileged"), ("warn", "privileged")):
        level = labels.get(PREFIX + mode)
        version = labels.get(f"{PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            causes.append(_wrong(mode, level, f"must be one of {', '.join(LEVELS)}"))
            level = instead
        match = _VERSION.fullmatch(version) if version is not None else None
        if version not in (None, "latest") and match is None:
            causes.append(_wrong(f"{mode}-version", version or "", 'must be "latest" or "v1.x"'))
        found[mode] = Standard(level or "privileged", int(match[1]) if match else LATEST)
    enforce, warn = found["enforce"], found["warn"]
    is_valid = labels.get(PREFIX + "enforce") in LEVELS
    if PREFIX + "warn" not in labels and is_valid and enforce.strictness > warn.strictness:
        version_of = warn if PREFIX + "warn-version" in labels else enforce
        warn = Standard(enforce.level, version_of.version)
    return Policy(enforce, warn), causes


def _wrong(label: str, value: str, why: str) -> Cause:
    return field.invalid(f"metadata.labels[{PREFIX}{label}]", value, why)
