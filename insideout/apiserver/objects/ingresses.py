"""Ingresses, which name backends by host and path, and the classes that say who serves them.

Source: pkg/apis/networking/validation/validation.go, pkg/apis/networking/v1/defaults.go,
pkg/registry/networking/{ingress,ingressclass}/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_BAD_SUFFIXES = ("/..", "/.")
_MOST_CONTROLLER_BYTES = 250
_NOT_A_NAME = "must be a DNS name, not an IP address"


def _ingress(obj: Object) -> Causes:
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _spec(
        obj.get("spec") or {}
    )


def _create(obj: Object) -> Causes:
    causes, given = _ingress(obj), (obj["metadata"].get("annotations") or {}).get(CLASS_ANNOTATION)
    named = (obj.get("spec") or {}).get("ingressClassName")
    if given is not None and named is not None and given != named:
        path, detail = (
            f"annotations.{CLASS_ANNOTATION}",
            "must match `ingressClassName` when both are specified",
        )
        causes.append(field.invalid(path, given, detail))
    return causes


def _spec(spec: Object) -> Causes:
    causes: Causes = []
    rules, default = spec.get("rules") or [], spec.get("defaultBackend")
    if not rules and default is None:
        detail = "either `defaultBackend` or `rules` must be specified"
        causes.append(field.invalid("spec", spec.get("rules"), detail))
    if default is not None:
        causes += _backend(default, "spec.defaultBackend")
    for index, rule in enumerate(rules):
        causes += _rule(rule, f"spec.rules[{index}]")
    for index, tls in enumerate(spec.get("tls") or ()):
        for place, host in enumerate(tls.get("hosts") or ()):
            causes += field.each(f"spec.tls[{index}].hosts[{place}]", host, _host(host))
        secret = tls.get("secretName")
        if secret:
            causes += field.each(f"spec.tls[{index}].secretName", secret, names.dns_subdomain(secret))
    name = spec.get("ingressClassName")
    return causes + (
        [] if name is None else field.each("spec.ingressClassName", name, names.dns_subdomain(name))
    )


def _host(host: str) -> list[str]:
    return names.wildcard_dns_subdomain(host) if "*" in host else names.dns_subdomain(host)


def _rule(rule: Object, path: str) -> Causes:
    causes: Causes = []
    host, http = rule.get("host"), rule.get("http")
    if host:
        if addresses.parse(host) is not None:
            causes.append(field.invalid(f"{path}.host", host, _NOT_A_NAME))
        causes += field.each(f"{path}.host", host, _host(host))
    if http is None:
        return causes
    if not http.get("paths"):
        causes.append(field.required(f"{path}.http.paths"))
    for index, each in enumerate(http.get("paths") or ()):
        causes += _path(each, f"{path}.http.paths[{index}]")
    return causes


def _path(given: Object, path: str) -> Causes:
    kind, text = given.get("pathType"), given.get("path", "")
    if kind is None:
        return [field.required(f"{path}.pathType", "pathType must be specified")]
    causes: Causes = []
    at = f"{path}.path"
    if kind not in _PATH_TYPES:
        causes.append(field.not_supported(f"{path}.pathType", kind, _PATH_TYPES))
    elif not text.startswith("/") and (text or kind != "ImplementationSpecific"):
        causes.append(field.invalid(at, text, "must be an absolute path"))
    if kind in ("Exact", "Prefix"):
        causes += [
            field.invalid(at, text, f"must not contain '{bad}'") for bad in _BAD_SEQUENCES if bad in text
        ]
        causes += [
            field.invalid(at, text, f"cannot end with '{bad}'") for bad in _BAD_SUFFIXES if text.endswith(bad)
        ]
    return causes + _backend(given.get("backend") or {}, f"{path}.backend")


def _backend(backend: Object, path: str) -> Causes:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        return [field.invalid(path, "", "cannot set both resource and service backends")]
    if resource is not None:
        return _reference(resource, f"{path}.resource")
    if service is None:
        return [field.invalid(path, "", "resource or service backend is required")]
    name, port = service.get("name", ""), service.get("port") or {}
    at = f"{path}.service"
    causes = field.each(f"{at}.name", name, names.dns_label(name)) if name else [field.required(f"{at}.name")]
    port_name, number = port.get("name"), port.get("number")
    if port_name and number:
        causes.append(field.invalid(path, "", "cannot set both port name & port number"))
    elif port_name:
        causes += field.each(f"{at}.port.name", port_name, names.port_name(port_name))
    elif number:
        causes += field.each(f"{at}.port.number", number, names.port_number(number))
    else:
        causes.append(field.required(path, "port name or number is required"))
    return causes


def _reference(given: Object, path: str) -> Causes:
    causes: Causes = []
    if given.get("apiGroup") is not None:
        causes += field.each(f"{path}.apiGroup", given["apiGroup"], names.dns_subdomain(given["apiGroup"]))
    for key in ("kind", "name"):
        value = given.get(key, "")
        if value:
            causes += field.each(f"{path}.{key}", value, names.path_segment(value))
        else:
            causes.append(field.required(f"{path}.{key}"))
    return causes


def _status(new: Object, old: Object) -> Causes:
    causes, known = metadata_change(new, old), [each.get("ip") for each in _points(old)]
    for index, each in enumerate(_points(new)):
        path, host = f"status.loadBalancer.ingress[{index}]", each.get("hostname")
        if each.get("ip") and each["ip"] not in known:
            causes += addresses.ip(each["ip"], f"{path}.ip")
        if host:
            causes += field.each(f"{path}.hostname", host, names.dns_subdomain(host))
            if addresses.parse(host) is not None:
                causes.append(field.invalid(f"{path}.hostname", host, _NOT_A_NAME))
    return causes


def _points(obj: Object) -> list[Object]:
    found: list[Object] = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return found


def _class(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    spec = obj.get("spec") or {}
    path, controller = "spec.controller", spec.get("controller", "")
    if len(controller.encode()) > _MOST_CONTROLLER_BYTES:
        causes.append(field.too_long(path, _MOST_CONTROLLER_BYTES))
    host, slash, rest = controller.partition("/")
    if not controller:
        causes.append(field.required(path))
    elif not (host and slash and rest):
        detail = 'must be a domain-prefixed path (such as "acme.io/foo")'
        causes.append(field.invalid(path, controller, detail))
    else:
        causes += field.each(path, host, names.dns_subdomain(host))
        causes += field.each(path, rest, names.http_path(rest))
    return causes + _parameters(spec.get("parameters"), "spec.parameters")


def _parameters(given: Object | None, path: str) -> Causes:
    if given is None:
        return []
    causes, scope, namespace = _reference(given, path), given.get("scope"), given.get("namespace")
    if scope is None:
        return [*causes, field.required(f"{path}.scope")]
    causes += field.one_of(f"{path}.scope", scope, ("Cluster", "Namespace"))
    at = f"{path}.namespace"
    if scope == "Namespace":
        if namespace is None:
            causes.append(field.required(at, "`parameters.scope` is set to 'Namespace'"))
        else:
            causes += field.each(at, namespace, names.dns_label(namespace))
    elif scope == "Cluster" and namespace is not None:
        causes.append(field.forbidden(at, "`parameters.scope` is set to 'Cluster'"))
    return causes


def _class_change(new: Object, old: Object) -> Causes:
    controllers = ((each.get("spec") or {}).get("controller", "") for each in (new, old))
    return metadata_change(new, old) + field.immutable("spec.controller", *controllers) + _class(new)


def _class_defaults(obj: Object) -> None:
    parameters = (obj.get("spec") or {}).get("parameters")
    if parameters is not None:
        parameters.setdefault("scope", "Cluster")


INGRESS = Strategy(
    validate=_create,
    validate_update=lambda new, old: metadata_change(new, old) + _ingress(new),
    validate_status=_status,
    counts_generation=True,
    has_status=True,
)
INGRESS_CLASS = Strategy(
    defaults=_class_defaults,
    validate=_class,
    validate_update=_class_change,
    counts_generation=True,
)
