"""Rules for a pod's spec as a whole, in a pod or in a template.

Left out: resource claims beyond their names, pods for Windows beyond what they may not set.

Source: pkg/apis/core/validation/validation.go (ValidatePodSpec, validatePodMetadataAndSpec)@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.metadata import NameRule
from insideout.apiserver.objects.pods import containers, placement, requirements, security
from insideout.apiserver.objects.pods.volumes import volumes

Object = dict[str, Any]

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_MOST_NAMESERVERS = 3
_MOST_SEARCHES = 32
_MOST_SEARCH_CHARS = 2048
_MOST_INT32 = 2**31 - 1


def validate(spec: Object, pod_name: str, path: str, *, is_pod: bool) -> Causes:
    """Return what is wrong with the spec; `is_pod` is False for a template."""
    causes: Causes = []
    if spec.get("terminationGracePeriodSeconds") is None:
        causes.append(field.required(f"{path}.terminationGracePeriodSeconds"))
    known, wrong = volumes(spec.get("volumes") or (), pod_name, f"{path}.volumes")
    around = containers.Surroundings(spec, known)
    causes += wrong + containers.main(around, f"{path}.containers")
    if spec.get("initContainers"):
        causes += containers.init(around, f"{path}.initContainers")
    if spec.get("ephemeralContainers"):
        causes += containers.ephemeral(around, f"{path}.ephemeralContainers")
    if spec.get("resources") is not None:
        causes += requirements.pod_requirements(spec, f"{path}.resources")
    if spec.get("hostNetwork"):
        causes += _host_network_ports(spec, f"{path}.containers", is_pod=is_pod)
    causes += _chosen(spec, "restartPolicy", _RESTART_POLICIES, path)
    causes += _chosen(spec, "dnsPolicy", _DNS_POLICIES, path)
    causes += metadata.labels(spec.get("nodeSelector"), f"{path}.nodeSelector")
    causes += security.pod_context(spec, f"{path}.securityContext")
    causes += placement.affinity(spec.get("affinity"), f"{path}.affinity")
    causes += _dns_config(spec, f"{path}.dnsConfig")
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        name = gate.get("conditionType", "")
        causes += field.each(f"{path}.readinessGates[{index}].conditionType", name, names.label_key(name))
    causes += placement.gates(spec.get("schedulingGates") or (), f"{path}.schedulingGates")
    causes += placement.spread(
        spec.get("topologySpreadConstraints") or (), f"{path}.topologySpreadConstraints"
    )
    if spec.get("hostUsers") is False:
        causes += _host_namespaces(spec, path)
    if spec.get("hostnameOverride") is not None:
        causes += _hostname_override(spec, path)
    return causes + _single_fields(spec, path)


def projected_tokens(spec: Object, path: str) -> Causes:
    """Refuse tokens of a service account in a pod that has none."""
    if spec.get("serviceAccountName"):
        return []
    detail = "must not be specified when serviceAccountName is not set"
    return [
        field.forbidden(f"{path}.volumes[{index}].projected.sources[{place}].serviceAccountToken", detail)
        for index, volume in enumerate(spec.get("volumes") or ())
        for place, source in enumerate((volume.get("projected") or {}).get("sources") or ())
        if source.get("serviceAccountToken") is not None
    ]


def _chosen(spec: Object, name: str, supported: tuple[str, ...], path: str) -> Causes:
    given = spec.get(name, "")
    return field.one_of(f"{path}.{name}", given, supported) if given else [field.required(f"{path}.{name}")]


def _single_fields(spec: Object, path: str) -> Causes:
    causes = _name(spec, "serviceAccountName", names.dns_subdomain, path)
    causes += _name(spec, "nodeName", names.dns_subdomain, path)
    deadline_s = spec.get("activeDeadlineSeconds")
    if deadline_s is not None and not 1 <= deadline_s <= _MOST_INT32:
        detail = names.between(1, _MOST_INT32)
        causes.append(field.invalid(f"{path}.activeDeadlineSeconds", deadline_s, detail))
    causes += _name(spec, "hostname", names.dns_label, path)
    causes += _name(spec, "subdomain", names.dns_label, path)
    causes += placement.tolerations(spec.get("tolerations") or (), f"{path}.tolerations")
    causes += _host_aliases(spec, f"{path}.hostAliases")
    causes += _name(spec, "priorityClassName", names.dns_subdomain, path)
    causes += _name(spec, "runtimeClassName", names.dns_subdomain, path)
    if spec.get("preemptionPolicy") is not None:
        causes += _chosen(spec, "preemptionPolicy", ("PreemptLowerPriority", "Never"), path)
    if spec.get("overhead"):
        causes += requirements.container_requirements({"limits": spec["overhead"]}, f"{path}.overhead")
    if spec.get("os") is not None:
        causes += _os(spec, f"{path}.os")
    return causes + _file_volumes(spec, path)


def _name(spec: Object, name: str, rule: NameRule, path: str) -> Causes:
    given = spec.get(name)
    return field.each(f"{path}.{name}", given, rule(given)) if given else []


def _host_network_ports(spec: Object, path: str, *, is_pod: bool) -> Causes:
    detail = "must match `containerPort` when `hostNetwork` is true"
    return [
        field.invalid(f"{path}[{index}].ports[{place}].hostPort", port.get("hostPort", 0), detail)
        for index, container in enumerate(spec.get("containers") or ())
        for place, port in enumerate(container.get("ports") or ())
        if (is_pod or port.get("hostPort")) and port.get("hostPort", 0) != port.get("containerPort", 0)
    ]


def _dns_config(spec: Object, path: str) -> Causes:
    config: Object | None = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            return [field.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not config.get("nameservers"):
            detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [field.required(f"{path}.nameservers", detail)]
    if not config:
        return []
    causes: Causes = []
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > _MOST_NAMESERVERS:
        detail = f"must not have more than {_MOST_NAMESERVERS} nameservers"
        causes.append(field.invalid(f"{path}.nameservers", servers, detail))
    for index, server in enumerate(servers):
        causes += addresses.ip(server, f"{path}.nameservers[{index}]")
    if len(searches) > _MOST_SEARCHES:
        detail = f"must not have more than {_MOST_SEARCHES} search paths"
        causes.append(field.invalid(f"{path}.searches", searches, detail))
    if len(" ".join(searches)) > _MOST_SEARCH_CHARS:
        detail = (
            f"must not have more than {_MOST_SEARCH_CHARS} characters (including spaces) in the search list"
        )
        causes.append(field.invalid(f"{path}.searches", searches, detail))
    for index, search in enumerate(searches):
        if search != ".":
            domain = search.removesuffix(".")
            wrong = names.dns_subdomain_with_underscore(domain)
            causes += field.each(f"{path}.searches[{index}]", domain, wrong)
    for index, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            causes.append(field.required(f"{path}.options[{index}]", "must not be empty"))
    return causes


def _host_namespaces(spec: Object, path: str) -> Causes:
    detail = "when `hostUsers` is false"
    named = (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC"))
    causes = [field.forbidden(f"{path}.{shown}", detail) for name, shown in named if spec.get(name)]
    for at, container in _all_containers(spec, path):
        if container.get("volumeDevices"):
            causes.append(field.forbidden(f"{at}.volumeDevices", detail))
    return causes


def _hostname_override(spec: Object, path: str) -> Causes:
    at, name = f"{path}.hostnameOverride", spec["hostnameOverride"]
    causes: Causes = []
    for other in ("setHostnameAsFQDN", "hostNetwork"):
        if spec.get(other):
            causes.append(field.forbidden(at, f"may not be specified when {other} is true"))
    if len(name) > 64:
        causes.append(field.too_long(at, 64))
    return causes + field.each(at, name, names.dns_subdomain(name))


def _host_aliases(spec: Object, path: str) -> Causes:
    causes: Causes = []
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        causes += addresses.ip(alias.get("ip", ""), f"{path}[{index}].ip")
        for place, name in enumerate(alias.get("hostnames") or ()):
            causes += field.each(f"{path}[{index}].hostnames[{place}]", name, names.dns_subdomain(name))
    return causes


def _os(spec: Object, path: str) -> Causes:
    name = spec["os"].get("name", "")
    if not name:
        return [field.required(f"{path}.name")]
    return field.one_of(path, name, ("linux", "windows"))


def _file_volumes(spec: Object, path: str) -> Causes:
    causes: Causes = []
    known = {volume.get("name", ""): volume for volume in spec.get("volumes") or ()}
    for at, container in _all_containers(spec, path):
        for index, variable in enumerate(container.get("env") or ()):
            source = (variable.get("valueFrom") or {}).get("fileKeyRef")
            if source is None:
                continue
            where, name = f"{at}.env[{index}].valueFrom.fileKeyRef.volumeName", source.get("volumeName", "")
            if name not in known:
                causes.append(field.not_found(where, name))
            elif known[name].get("emptyDir") is None:
                causes.append(field.invalid(where, name, "referenced volume must be of type emptyDir"))
    return causes


def _all_containers(spec: Object, path: str) -> Iterator[tuple[str, Object]]:
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(key) or ()):
            yield f"{path}.{key}[{index}]", container
