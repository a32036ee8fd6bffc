"""Defaults of pods and of pod templates.

Some are set only in pods, never in a template, so that templates stay as their authors wrote them: requests
from limits, host ports, service links.

Source: pkg/apis/core/v1/{defaults,zz_generated.defaults,conversion}.go@v1.36.2.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from insideout.apimachinery import resources
from insideout.apiserver.objects.pods import requirements

Object = dict[str, Any]

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_IMAGE = re.compile(
    rf"(?:{_DOMAIN}/)?{_PART}(?:/{_PART})*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?P<digest>@[A-Za-z0-9_+.-]+:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_MODE = 0o644


def pod(obj: Object) -> None:
    """Fill in what a pod leaves out."""
    spec = obj["spec"]
    for name in ("containers", "initContainers"):
        for container in spec.get(name) or ():
            _requests_from_limits(container)
            if spec.get("hostNetwork"):
                for port in container.get("ports") or ():
                    if not port.get("hostPort") and port.get("containerPort"):
                        port["hostPort"] = port["containerPort"]
    if spec.get("resources"):
        _pod_level_resources(spec)
    spec.setdefault("enableServiceLinks", True)
    pod_spec(spec)
    if spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1
    pod_status(obj)


def pod_status(obj: Object) -> None:
    """Fill in what the status of a pod leaves out."""
    if obj.get("status"):
        _agree_on_addresses(obj["status"])


def template(obj: Object) -> None:
    """Fill in what the spec of a pod template leaves out."""
    pod_spec(obj["spec"])


def pod_spec(spec: Object) -> None:
    """Fill in what both have."""
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:  # the second is the first's former name, and both are written
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("restartPolicy", "Always")
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("schedulerName", "default-scheduler")
    for volume in spec.get("volumes") or ():
        _volume(volume)
    for name in _CONTAINERS:
        for container in spec.get(name) or ():
            _container(container)


def pull_policy(image: str) -> str:
    """Return "Always" for an image without a tag or with ":latest"."""
    return "Always" if _tag(image) == "latest" else "IfNotPresent"


@lru_cache(maxsize=1024)
def _tag(image: str) -> str:
    match = _IMAGE.fullmatch(image)
    if match is None:
        return ""
    return match["tag"] or ("" if match["digest"] else "latest")


def _container(container: Object) -> None:
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = pull_policy(container.get("image", ""))
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        _field_reference(source.get("fieldRef"))
        if source.get("fileKeyRef") is not None:
            source["fileKeyRef"].setdefault("optional", False)
    for name in _PROBES:
        if container.get(name) is not None:
            _probe(container[name])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict):
            _http_get(hook.get("httpGet"))


def _probe(probe: Object) -> None:
    for name, default in (
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ):
        probe.setdefault(name, default)
    _http_get(probe.get("httpGet"))
    if probe.get("grpc") is not None and probe["grpc"].get("service") is None:
        probe["grpc"]["service"] = ""


def _http_get(action: Object | None) -> None:
    if action is not None:
        action.setdefault("path", "/")
        action.setdefault("scheme", "HTTP")


def _field_reference(reference: Object | None) -> None:
    if reference is not None:
        reference.setdefault("apiVersion", "v1")


def _volume(volume: Object) -> None:
    if not any(isinstance(value, dict) for value in volume.values()):
        volume["emptyDir"] = {}
    for name in ("secret", "configMap", "downwardAPI", "projected"):
        if volume.get(name) is not None:
            volume[name].setdefault("defaultMode", _MODE)
    for name, defaults in _SOURCES.items():
        if volume.get(name) is not None:
            for key, value in defaults.items():
                volume[name].setdefault(key, value)
    image = volume.get("image")
    if image is not None and not image.get("pullPolicy"):
        image["pullPolicy"] = pull_policy(image.get("reference", ""))
    claim = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
    if claim is not None:
        claim["spec"].setdefault("volumeMode", "Filesystem")
    _files((volume.get("downwardAPI") or {}).get("items") or ())
    for source in (volume.get("projected") or {}).get("sources") or ():
        _files((source.get("downwardAPI") or {}).get("items") or ())
        if source.get("serviceAccountToken") is not None:
            source["serviceAccountToken"].setdefault("expirationSeconds", 3600)


_SOURCES: dict[str, dict[str, Any]] = {
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}


def _files(items: Iterable[Object]) -> None:
    for item in items:
        _field_reference(item.get("fieldRef"))


def _agree_on_addresses(status: Object) -> None:
    """Let podIP and podIPs say the same; podIP wins, because some clients know no other."""
    one, many = status.get("podIP"), status.get("podIPs")
    if one and (not many or many[0].get("ip") != one):
        status["podIPs"] = [{"ip": one}]
    elif many and many[0].get("ip"):
        status["podIP"] = many[0]["ip"]


def _requests_from_limits(container: Object) -> None:
    wanted = container.get("resources")
    if wanted and wanted.get("limits"):
        wanted["requests"] = {**wanted["limits"], **(wanted.get("requests") or {})}


def _pod_level_resources(spec: Object) -> None:
    own = spec["resources"]
    limits, requests = dict(own.get("limits") or {}), own.get("requests") or {}
    if limits or requests:
        for name, limit in resources.container_limits(spec).items():
            if requirements.is_huge_page(name) and name not in requests:
                limits.setdefault(name, limit.text)
    if limits:
        own["limits"] = limits
        filled = {name: value.text for name, value in resources.pod_level_requests(spec).items()}
        if filled or requests:
            own["requests"] = {**filled, **requests}
