"""Webhook configurations: who is asked about which requests, and what happens when nobody answers.

Source: pkg/apis/admissionregistration/validation/validation.go, .../v1/defaults.go,
pkg/registry/admissionregistration/*webhookconfiguration/strategy.go, k8s.io/apiserver/pkg/util/webhook
/validation.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.match_conditions import conditions
from insideout.apiserver.objects.strategy import Strategy
from insideout.apiserver.policies.conditions import Compiler

Object = dict[str, Any]

_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_NO_EFFECTS = ("None", "NoneOnDryRun")
_VERSIONS = ("v1", "v1beta1")
_FORM = "; desired format: https://host[/path]"


def defaults(obj: Object) -> None:
    """Fill in what the webhooks leave out."""
    for hook in obj.get("webhooks") or ():
        hook.setdefault("failurePolicy", "Fail")
        hook.setdefault("matchPolicy", "Equivalent")
        hook.setdefault("namespaceSelector", {})
        hook.setdefault("objectSelector", {})
        hook.setdefault("timeoutSeconds", 10)
        if obj["kind"] == "MutatingWebhookConfiguration":
            hook.setdefault("reinvocationPolicy", "Never")
        for rule in hook.get("rules") or ():
            rule.setdefault("scope", "*")
        service = (hook.get("clientConfig") or {}).get("service")
        if service is not None:
            service.setdefault("port", 443)


def validate(obj: Object) -> Causes:
    """Return what is wrong with a configuration."""
    causes = metadata.validate(obj["metadata"], False, names.dns_subdomain)
    seen: set[str] = set()
    for index, hook in enumerate(obj.get("webhooks") or ()):
        at, name = f"webhooks[{index}]", hook.get("name", "")
        causes += _hook(hook, at)
        causes += _review_versions(hook.get("admissionReviewVersions") or [], f"{at}.admissionReviewVersions")
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.update({name} - {""})
    return causes


def _hook(hook: Object, path: str) -> Causes:
    causes = _full_name(hook.get("name", ""), f"{path}.name")
    for index, rule in enumerate(hook.get("rules") or ()):
        causes += rule_causes(rule, f"{path}.rules[{index}]")
    causes += field.one_of(f"{path}.failurePolicy", hook["failurePolicy"], ("Fail", "Ignore"))
    causes += field.one_of(f"{path}.matchPolicy", hook["matchPolicy"], ("Equivalent", "Exact"))
    effects = hook.get("sideEffects")
    if effects is None:
        detail = f"must specify one of {', '.join(_NO_EFFECTS)}"
        causes.append(field.required(f"{path}.sideEffects", detail))
    else:
        causes += field.one_of(f"{path}.sideEffects", effects, _NO_EFFECTS)
    seconds = hook["timeoutSeconds"]
    if not 1 <= seconds <= 30:
        detail = "the timeout value must be between 1 and 30 seconds"
        causes.append(field.invalid(f"{path}.timeoutSeconds", seconds, detail))
    for name in ("namespaceSelector", "objectSelector"):
        causes += metadata.label_selector(hook.get(name), f"{path}.{name}")
    if "reinvocationPolicy" in hook:
        policy = hook["reinvocationPolicy"]
        causes += field.one_of(f"{path}.reinvocationPolicy", policy, ("IfNeeded", "Never"))
    causes += _client(hook.get("clientConfig") or {}, f"{path}.clientConfig")
    return causes + conditions(hook.get("matchConditions") or (), f"{path}.matchConditions", Compiler())


def _full_name(name: str, path: str) -> Causes:
    if not name:
        return [field.required(path)]
    if reasons := names.dns_subdomain(name):
        return [field.invalid(path, name, ",".join(reasons))]
    if len(name.split(".")) < 3:
        return [
            field.invalid(path, name, "should be a domain with at least three segments separated by dots")
        ]
    return []


def rule_causes(rule: Object, path: str) -> Causes:
    """Return what is wrong with a rule that says which requests are meant."""
    operations = rule.get("operations") or []
    causes = [] if operations else [field.required(f"{path}.operations")]
    if len(operations) > 1 and "*" in operations:
        detail = "if '*' is present, must not specify other operations"
        causes.append(field.invalid(f"{path}.operations", operations, detail))
    for index, operation in enumerate(operations):
        causes += field.one_of(f"{path}.operations[{index}]", operation, _OPERATIONS)
    for name, what in (("apiGroups", "API groups"), ("apiVersions", "API versions")):
        given = rule.get(name) or []
        if not given:
            causes.append(field.required(f"{path}.{name}"))
        if len(given) > 1 and "*" in given:
            detail = f"if '*' is present, must not specify other {what}"
            causes.append(field.invalid(f"{path}.{name}", given, detail))
    for index, version in enumerate(rule.get("apiVersions") or ()):
        if not version:
            causes.append(field.required(f"{path}.apiVersions[{index}]"))
    causes += _resources(rule.get("resources") or [], f"{path}.resources")
    return causes + field.one_of(f"{path}.scope", rule["scope"], _SCOPES)


def _resources(given: Sequence[str], path: str) -> Causes:
    causes = [] if given else [field.required(path)]
    all_of: set[str] = set()  # "pods" of "pods/*"
    everywhere: set[str] = set()  # "status" of "*/status"
    for index, text in enumerate(given):
        at = f"{path}[{index}]"
        if not text:
            causes.append(field.required(at))
            continue
        resource, slash, subresource = text.partition("/")
        if not slash:
            continue
        for found, wildcard in (
            (resource in all_of, f"{resource}/*"),
            (subresource in everywhere, f"*/{subresource}"),
        ):
            if found:
                causes.append(field.invalid(at, text, f"if '{wildcard}' is present, must not specify {text}"))
        if subresource == "*":
            all_of.add(resource)
        if resource == "*":
            everywhere.add(subresource)
    if len(given) > 1 and "*/*" in given:
        causes.append(field.invalid(path, given, "if '*/*' is present, must not specify other resources"))
    plain = [text for text in given if text and "/" not in text]
    if "*" in given and plain and plain[-1] != "*":
        detail = "if '*' is present, must not specify other resources without subresources"
        causes.append(field.invalid(path, given, detail))
    return causes


def _review_versions(versions: Sequence[str], path: str) -> Causes:
    listed = ", ".join(_VERSIONS)
    if not versions:
        return [field.required(path, f"must specify one of {listed}")]
    causes: Causes = []
    for index, version in enumerate(versions):
        if version in versions[:index]:
            causes.append(field.invalid(f"{path}[{index}]", version, "duplicate version"))
        else:
            causes += field.each(f"{path}[{index}]", version, names.dns_1035_label(version))
    if not set(versions) & set(_VERSIONS):
        causes.append(field.invalid(path, versions, f"must include at least one of {listed}"))
    return causes


def _client(client: Object, path: str) -> Causes:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        return [field.required(path, "exactly one of url or service is required")]
    if url is not None:
        return client_url(url, f"{path}.url")
    return client_service(client["service"], f"{path}.service")


def client_url(url: str, path: str) -> Causes:
    """Return what is wrong with the address of a webhook."""
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        return [field.required(path, f"url must be a valid URL: {problem}{_FORM}")]
    causes: Causes = []
    if parts.scheme != "https":
        detail = f"'https' is the only allowed URL scheme{_FORM}"
        causes.append(field.invalid(path, parts.scheme, detail))
    if not parts.netloc:
        causes.append(field.invalid(path, "", f"host must be specified{_FORM}"))
    user, at, _ = parts.netloc.rpartition("@")
    if at:
        causes.append(field.invalid(path, user, "user information is not permitted in the URL"))
    if parts.fragment:
        causes.append(field.invalid(path, parts.fragment, "fragments are not permitted in the URL"))
    if parts.query:
        causes.append(field.invalid(path, parts.query, "query parameters are not permitted in the URL"))
    return causes


def client_service(service: Object, path: str) -> Causes:
    """Return what is wrong with a reference to a webhook's Service."""
    # Upstream hands over name and namespace the other way round, so the missing one has the other's name.
    missing = (("name", "namespace"), ("namespace", "name"))
    causes = [field.required(f"{path}.{shown}") for shown, part in missing if not service.get(part)]
    port = service.get("port", 443)
    if reasons := names.port_number(port):
        causes.append(field.invalid(f"{path}.port", port, f"port is not valid: {', '.join(reasons)}"))
    return causes + _service_path(service.get("path") or "", f"{path}.path")


def _service_path(given: str, path: str) -> Causes:
    if given in ("", "/"):
        return []
    if given == "//":
        return [field.invalid(path, given, "segment[0] may not be empty")]
    causes = [] if given.startswith("/") else [field.invalid(path, given, "must start with a '/'")]
    for index, step in enumerate(given[1:].removesuffix("/").split("/")):
        if not step:
            causes.append(field.invalid(path, given, f"segment[{index}] may not be empty"))
        for reason in names.dns_subdomain(step) if step else ():
            causes.append(field.invalid(path, given, f"segment[{index}]: {reason}"))
    return causes


def _count(new: Object, old: Object) -> None:
    """Count changes of the webhooks as generations."""
    if new.get("webhooks") != old.get("webhooks"):
        new["metadata"]["generation"] = (old["metadata"].get("generation") or 0) + 1


CONFIGURATION = Strategy(
    defaults=defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=_count,
    validate=validate,
    validate_update=lambda new, old: validate(new),
)
