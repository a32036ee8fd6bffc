"""The checks of restricted say who leaves out what; the texts are those of the tests of Kubernetes."""

from typing import Any

import pytest

from insideout.apiserver.podsecurity.restricted import CHECKS
from tests.insideout.apiserver.podsecurity.test_baseline import pod

Object = dict[str, Any]


def said(check: str, spec: Object, version: int = 99) -> tuple[str, str] | None:
    since = max(each for each in CHECKS[check] if each <= version)
    return CHECKS[check][since]({}, spec)


@pytest.mark.parametrize(
    ("check", "spec", "reason", "detail"),
    [
        (
            "allowPrivilegeEscalation",
            pod({}, {"allowPrivilegeEscalation": True}, {"allowPrivilegeEscalation": False}),
            "allowPrivilegeEscalation != false",
            'containers "a", "b" must set securityContext.allowPrivilegeEscalation=false',
        ),
        (
            "capabilities_restricted",
            pod(
                {"capabilities": {"add": ["FOO", "BAR"]}},
                {"capabilities": {"add": ["BAZ"]}},
                {"capabilities": {"add": ["NET_BIND_SERVICE", "CHOWN"], "drop": ["ALL"]}},
            ),
            "unrestricted capabilities",
            'containers "a", "b" must set securityContext.capabilities.drop=["ALL"]; containers "a", "b", '
            '"c" must not include "BAR", "BAZ", "CHOWN", "FOO" in securityContext.capabilities.add',
        ),
        (
            "restrictedVolumes",
            {
                "volumes": [
                    {"name": "a", "nfs": {}},
                    {"name": "b", "hostPath": {}},
                    {"name": "c", "secret": {}},
                ]
            },
            "restricted volume types",
            'volumes "a", "b" use restricted volume types "hostPath", "nfs"',
        ),
        (
            "runAsNonRoot",
            pod({}, {}, {"runAsNonRoot": True}),
            "runAsNonRoot != true",
            'pod or containers "a", "b" must set securityContext.runAsNonRoot=true',
        ),
        (
            "runAsNonRoot",
            pod({}, {"runAsNonRoot": False}, runAsNonRoot=True),
            "runAsNonRoot != true",
            'container "b" must not set securityContext.runAsNonRoot=false',
        ),
        (
            "runAsUser",
            pod({"runAsUser": 0}, {"runAsUser": 1}, runAsUser=0),
            "runAsUser=0",
            'pod and container "a" must not set runAsUser=0',
        ),
        (
            "seccompProfile_restricted",
            pod({}),
            "seccompProfile",
            'pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
            '"Localhost"',
        ),
        (
            "seccompProfile_restricted",
            pod({}, seccompProfile={"type": "Unconfined"}),
            "seccompProfile",
            'pod must not set securityContext.seccompProfile.type to "Unconfined"',
        ),
    ],
)
def test_a_check_blames_who_breaks_it(check: str, spec: Object, reason: str, detail: str) -> None:
    """The others are not named."""
    assert said(check, spec) == (reason, detail)


def test_a_pod_may_say_it_for_its_containers() -> None:
    """Where there is a field for it."""
    spec = pod({}, runAsNonRoot=True, seccompProfile={"type": "RuntimeDefault"})
    assert said("runAsNonRoot", spec) is None
    assert said("seccompProfile_restricted", spec) is None
    assert said("runAsUser", spec) is None


def test_windows_and_user_namespaces_are_exempt_since_some_version() -> None:
    """Before it they are not."""
    windows = pod({}) | {"os": {"name": "windows"}}
    for check in ("allowPrivilegeEscalation", "capabilities_restricted", "seccompProfile_restricted"):
        assert said(check, windows, 25) is None
        assert said(check, windows, 24) is not None
    own_users = pod({"runAsUser": 0}) | {"hostUsers": False}
    for check in ("runAsNonRoot", "runAsUser"):
        assert said(check, own_users, 35) is None
        assert said(check, own_users, 34) is not None
