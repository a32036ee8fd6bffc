"""Rules for the annotations that mean something to Kubernetes on a pod.

Left out: tolerations, seccomp and AppArmor in annotations, which fields have replaced.

Source: pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations),
pkg/apis/core/v1/helper (GetDeletionCostFromPodAnnotations)@v1.36.2.
"""

import re
from collections.abc import Mapping
from typing import Any

from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

_MIRROR = "kubernetes.io/config.mirror"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_INT32 = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)


def validate(given: Mapping[str, str] | None, spec: Object, path: str) -> Causes:
    """Return what is wrong with them."""
    if not given:
        return []
    causes: Causes = []
    if _MIRROR in given and not spec.get("nodeName"):
        detail = "must set spec.nodeName if mirror pod annotation is set"
        causes.append(field.invalid(f"{path}[{_MIRROR}]", given[_MIRROR], detail))
    cost = given.get(_DELETION_COST)
    if cost is not None and not (_INT32.fullmatch(cost) and len(cost) < 12 and -(2**31) <= int(cost) < 2**31):
        causes.append(field.invalid(f"{path}[{_DELETION_COST}]", cost, "must be a 32bit integer"))
    return causes


def validate_update(new: Object, old: Object, path: str) -> Causes:
    """Return what is wrong with a change of them: a mirror pod stays one."""
    given, before = (each["metadata"].get("annotations") or {} for each in (new, old))
    causes: Causes = []
    if given.get(_MIRROR) != before.get(_MIRROR):
        verb = "remove or update" if _MIRROR in before else "add"
        causes.append(field.forbidden(f"{path}[{_MIRROR}]", f"may not {verb} mirror pod annotation"))
    return causes + validate(given, new["spec"], path)
