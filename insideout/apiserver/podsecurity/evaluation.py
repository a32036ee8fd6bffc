"""Which checks a level and a version consist of, and what they say of a pod.

Source: k8s.io/pod-security-admission/policy/{registry,checks}.go@v1.36.2.
"""

from functools import cache

from insideout.apiserver.podsecurity import baseline, restricted
from insideout.apiserver.podsecurity.policy import Standard
from insideout.apiserver.podsecurity.walk import Check, Object, Violation


def violations(standard: Standard, metadata: Object, spec: Object) -> list[Violation]:
    """Return what keeps a pod from meeting a standard."""
    if standard.level == "privileged":
        return []
    found = (check(metadata, spec) for check in _checks(standard))
    return [each for each in found if each]


def in_detail(found: list[Violation]) -> str:
    """Return all of it, for one pod."""
    return ", ".join(f"{each.reason} ({each.detail})" if each.detail else each.reason for each in found)


def in_short(found: list[Violation]) -> str:
    """Return the reasons, for many pods."""
    return ", ".join(each.reason for each in found)


@cache
def _checks(standard: Standard) -> tuple[Check, ...]:
    lenient = _of(baseline.CHECKS, standard.version)
    if standard.level == "baseline":
        return tuple(lenient.values())
    strict = _of(restricted.CHECKS, standard.version)
    replaced = {restricted.OVERRIDES[name] for name in strict if name in restricted.OVERRIDES}
    kept = (check for name, check in lenient.items() if name not in replaced)
    return (*kept, *strict.values())


def _of(checks: dict[str, dict[int, Check]], version: int) -> dict[str, Check]:
    """Return what each check means at a version, in the order of their names, as Go sorts them."""
    known = {name: [since for since in checks[name] if since <= version] for name in sorted(checks)}
    return {name: checks[name][max(since)] for name, since in known.items() if since}
