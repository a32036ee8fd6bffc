"""FlowSchemas and PriorityLevelConfigurations: which requests wait together, and how many run at once.

Left out: the limit on entropy of very large hands.  Requests are not queued by them here: the server answers
one request at a time.

Source: pkg/apis/flowcontrol/validation/validation.go, pkg/apis/flowcontrol/v1/defaults.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_METHODS = ("ByNamespace", "ByUser")
_SUBJECTS = ("Group", "ServiceAccount", "User")
_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
_LAST_PRECEDENCE = 10_000
_MOST_QUEUES = 10_000_000
_INTRO = "each member of this list must be '*' or a DNS-1123 label; "


def schema_defaults(obj: Object) -> None:
    """Fill in what a FlowSchema leaves out."""
    spec = obj.setdefault("spec", {})
    if not spec.get("matchingPrecedence"):
        spec["matchingPrecedence"] = 1000


def level_defaults(obj: Object) -> None:
    """Fill in what a PriorityLevelConfiguration leaves out."""
    spec = obj.setdefault("spec", {})
    exempt, limited = spec.get("exempt"), spec.get("limited")
    if exempt is not None:
        exempt.setdefault("nominalConcurrencyShares", 0)
        exempt.setdefault("lendablePercent", 0)
    if limited is not None:
        limited.setdefault("nominalConcurrencyShares", 30)
        limited.setdefault("lendablePercent", 0)
        queuing = (limited.get("limitResponse") or {}).get("queuing")
        for name, value in (("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)):
            if queuing is not None and not queuing.get(name):
                queuing[name] = value


def _schema(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    spec, name = obj["spec"], obj["metadata"].get("name", "")
    path, precedence = "spec.matchingPrecedence", spec.get("matchingPrecedence", 0)
    if precedence <= 0:
        causes.append(field.invalid(path, precedence, "must be a positive value"))
    if precedence > _LAST_PRECEDENCE:
        causes.append(field.invalid(path, precedence, f"must not be greater than {_LAST_PRECEDENCE}"))
    if precedence == 1 and name != "exempt":
        detail = "only the schema named 'exempt' may have matchingPrecedence 1"
        causes.append(field.invalid(path, precedence, detail))
    method = spec.get("distinguisherMethod")
    if method is not None and method.get("type") not in _METHODS:
        causes.append(field.not_supported("spec.distinguisherMethod.type", _go(method), _METHODS))
    level = (spec.get("priorityLevelConfiguration") or {}).get("name", "")
    at = "spec.priorityLevelConfiguration.name"
    if level:
        causes += field.each(at, level, names.dns_subdomain(level))
    else:
        causes.append(field.required(at, "must reference a priority level"))
    for index, rule in enumerate(spec.get("rules") or ()):
        causes += _rule(rule, f"spec.rules[{index}]")
    return causes + _conditions(obj)


def _go(method: Object) -> Object:
    return {"Type": method.get("type", "")}


def _rule(rule: Object, path: str) -> Causes:
    causes: Causes = []
    if not rule.get("subjects"):
        causes.append(field.required(f"{path}.subjects", "subjects must contain at least one value"))
    for index, subject in enumerate(rule.get("subjects") or ()):
        causes += _subject(subject, f"{path}.subjects[{index}]")
    resources, urls = rule.get("resourceRules") or [], rule.get("nonResourceRules") or []
    if not resources and not urls:
        detail = "at least one of resourceRules and nonResourceRules has to be non-empty"
        causes.append(field.required(path, detail))
    for index, each in enumerate(resources):
        causes += _resources(each, f"{path}.resourceRules[{index}]")
    for index, each in enumerate(urls):
        causes += _urls(each, f"{path}.nonResourceRules[{index}]")
    return causes


def _subject(subject: Object, path: str) -> Causes:
    kind = subject.get("kind", "")
    if kind not in _SUBJECTS:
        return [field.not_supported(f"{path}.kind", kind, _SUBJECTS)]
    own = kind[:1].lower() + kind[1:]
    causes, given = [], subject.get(own)
    if given is None:
        detail = f"{own} is required when subject kind is '{kind}'"
        causes.append(field.required(f"{path}.{own}", detail))
    else:
        name = given.get("name", "")
        if not name:
            causes.append(field.required(f"{path}.{own}.name"))
        elif kind == "ServiceAccount" and name != "*":
            causes += field.each(f"{path}.{own}.name", name, names.dns_subdomain(name))
        if kind == "ServiceAccount":
            namespace, at = given.get("namespace", ""), f"{path}.{own}.namespace"
            detail = "must specify namespace for service account"
            causes += (
                field.each(at, namespace, names.dns_label(namespace))
                if namespace
                else [field.required(at, detail)]
            )
    for other, wanted in (("serviceAccount", "ServiceAccount"), ("user", "User"), ("group", "Group")):
        if other != own and subject.get(other) is not None:
            detail = f"{other} is forbidden when subject kind is not '{wanted}'"
            causes.append(field.forbidden(f"{path}.{other}", detail))
    return causes


def _verbs(rule: Object, path: str) -> Causes:
    given = rule.get("verbs") or []
    if not given:
        return [field.required(f"{path}.verbs", "verbs must contain at least one value")]
    if "*" in given:
        detail = "if '*' is present, must not specify other verbs"
        return [field.invalid(f"{path}.verbs", given, detail)] if len(given) > 1 else []
    return [] if set(given) <= set(_VERBS) else [field.not_supported(f"{path}.verbs", given, _VERBS)]


def _alone(rule: Object, key: str, path: str, missing: str, what: str) -> Causes:
    """Refuse an empty list, and a star beside others."""
    given = rule.get(key) or []
    if not given:
        return [field.required(f"{path}.{key}", missing)]
    if "*" in given and len(given) > 1:
        detail = f"if '*' is present, must not specify other {what}"
        return [field.invalid(f"{path}.{key}", given, detail)]
    return []


def _urls(rule: Object, path: str) -> Causes:
    missing = "nonResourceURLs must contain at least one value"
    causes = _verbs(rule, path) + _alone(rule, "nonResourceURLs", path, missing, "non-resource URLs")
    urls = rule.get("nonResourceURLs") or []
    for index, url in enumerate(() if "*" in urls else urls):
        problem = _url_problem(url)
        if problem:
            causes.append(field.invalid(f"{path}.nonResourceURLs[{index}]", url, problem))
    return causes


def _url_problem(url: str) -> str:
    if not url:
        return "must not be empty"
    if not url.startswith("/"):
        return "must start with slash"
    if " " in url:
        return "must not contain white-space"
    if "//" in url:
        return "must not contain double slash"
    if url.count("*") > 1 or ("*" in url and not url.endswith("/*")):
        return "wildcard can only do suffix matching"
    return ""


def _resources(rule: Object, path: str) -> Causes:
    missing = "resource rules must supply at least one"
    causes = _verbs(rule, path)
    causes += _alone(rule, "apiGroups", path, f"{missing} api group", "api groups")
    causes += _alone(rule, "resources", path, f"{missing} resource", "resources")
    namespaces = rule.get("namespaces") or []
    if not namespaces and not rule.get("clusterScope"):
        detail = "resource rules that are not cluster scoped must supply at least one namespace"
        return [*causes, field.required(f"{path}.namespaces", detail)]
    if "*" in namespaces:
        return causes + _alone(rule, "namespaces", path, "", "namespaces")
    for index, each in enumerate(namespaces):
        reasons = (_INTRO + reason for reason in names.dns_label(each))
        causes += field.each(f"{path}.namespaces[{index}]", each, reasons)
    return causes


def _conditions(obj: Object) -> Causes:
    causes, seen = [], set()
    for index, each in enumerate((obj.get("status") or {}).get("conditions") or ()):
        path, kind = f"status.conditions[{index}].type", each.get("type", "")
        if kind in seen:
            causes.append(field.duplicate(path, kind))
        seen.add(kind)
        if not kind:
            causes.append(field.required(path))
    return causes


def _level(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    spec, kind = obj["spec"], obj["spec"].get("type", "")
    exempt, limited = spec.get("exempt"), spec.get("limited")
    if (obj["metadata"].get("name") == "exempt") != (kind == "Exempt"):
        detail = "must be 'Exempt' if and only if `name` is 'exempt'"
        causes.append(field.invalid("spec.type", kind, detail))
    if kind == "Exempt":
        if limited is not None:
            detail = "must be nil if the type is not Limited"
            causes.append(field.forbidden("spec.limited", detail))
        causes += _shares(exempt or {}, "spec.exempt")
    elif kind == "Limited":
        if exempt is not None:
            causes.append(field.forbidden("spec.exempt", "must be nil if the type is Limited"))
        if limited is None:
            causes.append(field.required("spec.limited", "must not be empty when type is Limited"))
        else:
            causes += _limited(limited, "spec.limited")
    else:
        causes.append(field.not_supported("spec.type", kind, ("Exempt", "Limited")))
    return causes + _conditions(obj)


def _shares(given: Object, path: str) -> Causes:
    shares, lent = given.get("nominalConcurrencyShares") or 0, given.get("lendablePercent") or 0
    causes: Causes = []
    if shares < 0:
        detail = "must be a non-negative integer"
        causes.append(field.invalid(f"{path}.nominalConcurrencyShares", shares, detail))
    if not 0 <= lent <= 100:
        detail = "must be between 0 and 100, inclusive"
        causes.append(field.invalid(f"{path}.lendablePercent", lent, detail))
    return causes


def _limited(limited: Object, path: str) -> Causes:
    causes, response = _shares(limited, path), limited.get("limitResponse") or {}
    at, kind, queuing = f"{path}.limitResponse", response.get("type", ""), response.get("queuing")
    if kind == "Reject":
        if queuing is not None:
            detail = "must be nil if limited.limitResponse.type is not Limited"
            causes.append(field.forbidden(f"{at}.queuing", detail))
    elif kind == "Queue":
        detail = "must not be empty if limited.limitResponse.type is Limited"
        causes += (
            [field.required(f"{at}.queuing", detail)]
            if queuing is None
            else _queuing(queuing, f"{at}.queuing")
        )
    else:
        causes.append(field.not_supported(f"{at}.type", kind, ("Queue", "Reject")))
    borrowed = limited.get("borrowingLimitPercent")
    if borrowed is not None and borrowed < 0:
        detail = "if specified, must be a non-negative integer"
        causes.append(field.invalid(f"{path}.borrowingLimitPercent", borrowed, detail))
    return causes


def _queuing(queuing: Object, path: str) -> Causes:
    length, queues, hand = (queuing.get(key, 0) for key in ("queueLengthLimit", "queues", "handSize"))
    causes = _positive((("queueLengthLimit", length), ("queues", queues)), path)
    if queues > _MOST_QUEUES:
        causes.append(field.invalid(f"{path}.queues", queues, f"must not be greater than {_MOST_QUEUES}"))
    causes += _positive((("handSize", hand),), path)
    if hand > queues:
        detail = f"should not be greater than queues ({queues})"
        causes.append(field.invalid(f"{path}.handSize", hand, detail))
    return causes


def _positive(given: Iterable[tuple[str, int]], path: str) -> Causes:
    return [field.invalid(f"{path}.{name}", value, "must be positive") for name, value in given if value <= 0]


FLOW_SCHEMA = Strategy(
    defaults=schema_defaults,
    validate=_schema,
    validate_update=lambda new, old: _schema(new),
    validate_status=lambda new, old: _conditions(new),
    counts_generation=True,
    has_status=True,
)
PRIORITY_LEVEL = Strategy(
    defaults=level_defaults,
    validate=_level,
    validate_update=lambda new, old: _level(new),
    validate_status=lambda new, old: _conditions(new),
    counts_generation=True,
    has_status=True,
)
