"""A level is made of checks, in the order of their names, baseline's first."""

from insideout.apiserver.podsecurity.evaluation import in_detail, in_short, violations
from insideout.apiserver.podsecurity.policy import Standard
from tests.insideout.apiserver.podsecurity.test_baseline import pod


def test_restricted_replaces_what_it_says_more_strictly() -> None:
    """The famous list of a pod that says nothing."""
    found = violations(Standard("restricted"), {}, pod({}))
    assert in_detail(found) == (
        'allowPrivilegeEscalation != false (container "a" must set '
        "securityContext.allowPrivilegeEscalation=false), "
        'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), '
        'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), '
        'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to '
        '"RuntimeDefault" or "Localhost")'
    )
    unmasked = pod({"procMount": "Unmasked", "capabilities": {"add": ["X"]}, "privileged": True})
    assert in_short(violations(Standard("restricted"), {}, unmasked)) == (
        "privileged, allowPrivilegeEscalation != false, unrestricted capabilities, procMount, "
        "runAsNonRoot != true, seccompProfile"
    )
    assert in_short(violations(Standard("baseline"), {}, unmasked)) == (
        "non-default capabilities, privileged, procMount"
    )


def test_a_version_has_the_checks_that_it_knew() -> None:
    """The first one knew few."""
    assert in_short(violations(Standard("restricted", 0), {}, pod({}))) == "runAsNonRoot != true"
    assert violations(Standard("privileged"), {}, pod({"privileged": True})) == []
