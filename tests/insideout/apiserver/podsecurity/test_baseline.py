"""The checks of baseline say who does what; the texts are those of the tests of Kubernetes."""

from typing import Any

import pytest

from insideout.apiserver.podsecurity.baseline import CHECKS

Object = dict[str, Any]


def pod(*contexts: Object, **of_pod: Any) -> Object:
    """Return a spec with a container for each context: a, b, ..."""
    containers = [
        {"name": name, "securityContext": each} for name, each in zip("abcdefg", contexts, strict=False)
    ]
    return {"securityContext": of_pod, "containers": containers}


def said(check: str, spec: Object, version: int = 99, **metadata: Any) -> tuple[str, str] | None:
    since = max(each for each in CHECKS[check] if each <= version)
    return CHECKS[check][since](metadata, spec)


def container(name: str, **fields: Any) -> Object:
    return {"name": name, **fields}


PROBE = {"httpGet": {"host": "localhost"}}
SELINUX = (
    'pod and containers "e", "f", "g" set forbidden securityContext.seLinuxOptions: types "bar", "foo"; '
)


@pytest.mark.parametrize(
    ("check", "spec", "reason", "detail"),
    [
        (
            "appArmorProfile",
            pod({"appArmorProfile": {"type": "Unconfined"}}, appArmorProfile={"type": "Unconfined"}),
            "forbidden AppArmor profile",
            'pod and container "a" must not set AppArmor profile type to "Unconfined"',
        ),
        (
            "capabilities_baseline",
            pod({"capabilities": {"add": ["FOO", "BAR", "CHOWN"]}}, {"capabilities": {"add": ["BAZ"]}}),
            "non-default capabilities",
            'containers "a", "b" must not include "BAR", "BAZ", "FOO" in securityContext.capabilities.add',
        ),
        (
            "hostNamespaces",
            {"hostNetwork": True, "hostPID": True, "hostIPC": False},
            "host namespaces",
            "hostNetwork=true, hostPID=true",
        ),
        (
            "hostPathVolumes",
            {"volumes": [{"name": "a", "hostPath": {"path": "/"}}, {"name": "b", "emptyDir": {}}]},
            "hostPath volumes",
            'volume "a"',
        ),
        (
            "hostPorts",
            {
                "containers": [
                    container("a", ports=[{"containerPort": 1, "hostPort": 0}]),
                    container("b", ports=[{"hostPort": 20}, {"hostPort": 10}]),
                    container("c", ports=[{"hostPort": 30}]),
                ]
            },
            "hostPort",
            'containers "b", "c" use hostPorts 10, 20, 30',
        ),
        (
            "hostProbesAndHostLifecycle",
            {
                "containers": [
                    container(
                        "b", livenessProbe=PROBE, lifecycle={"preStop": {"tcpSocket": {"host": "::1"}}}
                    ),
                    container("c", readinessProbe={"httpGet": {"path": "/"}}),
                ]
            },
            "probe or lifecycle host",
            'container "b" uses probe or lifecycle hosts "::1", "localhost"',
        ),
        (
            "privileged",
            pod({"privileged": True}, {"privileged": False}, {"privileged": True}),
            "privileged",
            'containers "a", "c" must not set securityContext.privileged=true',
        ),
        (
            "procMount",
            pod({"procMount": "Default"}, {"procMount": "Unmasked"}),
            "procMount",
            'container "b" must not set securityContext.procMount to "Unmasked"',
        ),
        (
            "seLinuxOptions",
            pod(
                {"seLinuxOptions": {"type": "container_t"}},
                {"seLinuxOptions": {"type": "container_init_t"}},
                {"seLinuxOptions": {"type": "container_kvm_t"}},
                {"seLinuxOptions": {"type": "container_engine_t"}},
                {"seLinuxOptions": {"type": "bar"}},
                {"seLinuxOptions": {"user": "bar"}},
                {"seLinuxOptions": {"role": "baz"}},
                seLinuxOptions={"type": "foo", "user": "bar", "role": "baz"},
            ),
            "seLinuxOptions",
            SELINUX + "user may not be set; role may not be set",
        ),
        (
            "seccompProfile_baseline",
            pod({"seccompProfile": {"type": "Localhost"}}, {"seccompProfile": {"type": "Unconfined"}}),
            "seccompProfile",
            'container "b" must not set securityContext.seccompProfile.type to "Unconfined"',
        ),
        (
            "sysctls",
            pod(sysctls=[{"name": "a"}, {"name": "net.ipv4.tcp_rmem"}, {"name": "b"}]),
            "forbidden sysctls",
            "a, b",
        ),
        (
            "windowsHostProcess",
            pod({"windowsOptions": {"hostProcess": True}}, windowsOptions={"hostProcess": True}),
            "hostProcess",
            'pod and container "a" must not set securityContext.windowsOptions.hostProcess=true',
        ),
    ],
)
def test_a_check_blames_who_breaks_it(check: str, spec: Object, reason: str, detail: str) -> None:
    """The others are not named, and a pod that says nothing passes."""
    assert said(check, spec) == (reason, detail)
    assert said(check, pod({})) is None


def test_older_versions_allow_what_they_knew() -> None:
    """A namespace that keeps to a version is not surprised by a newer one."""
    sysctl = pod(sysctls=[{"name": "net.ipv4.tcp_rmem"}])
    assert said("sysctls", sysctl, 32) is None
    assert said("sysctls", sysctl, 31) == ("forbidden sysctls", "net.ipv4.tcp_rmem")
    unmasked = pod({"procMount": "Unmasked"}) | {"hostUsers": False}
    assert said("procMount", unmasked, 35) is None
    assert said("procMount", unmasked, 34) is not None


def test_annotations_counted_before_there_were_fields() -> None:
    """AppArmor's still do."""
    seccomp = {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}
    assert said("seccompProfile_baseline", pod({}), 18, annotations=seccomp) == (
        "seccompProfile",
        'forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined"',
    )
    assert said("seccompProfile_baseline", pod({}), 19, annotations=seccomp) is None
    mark = "container.apparmor.security.beta.kubernetes.io/a"
    assert said("appArmorProfile", pod({}), annotations={mark: "localhost/x"}) is None
    assert said("appArmorProfile", pod({}), annotations={mark: "bogus"}) == (
        "forbidden AppArmor profile",
        f'annotation must not set AppArmor profile type to "{mark}="bogus""',
    )
