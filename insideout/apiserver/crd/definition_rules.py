"""What a CustomResourceDefinition may say: its names, versions, columns, subresources and conversion.

A version's schema, subresources and columns may be the same in all versions; the server then holds them once,
in fields that the v1 API no longer has, and names those fields in its messages:
`spec.validation.openAPIV3Schema`.

Left out: webhook addresses beyond their presence.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go,
v1/conversion.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.crd.field_paths import field_path
from insideout.apiserver.crd.schema_rules import schema_causes
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MOST_SELECTABLE = 8


def spec_causes(spec: Object, old: Object | None = None) -> Causes:
    """Return what is wrong with a definition's spec; rules of schemas that are as in `old` may be dear."""
    unchanged = _unchanged_schemas(spec, old)
    spec = _with_shared_fields(spec)
    causes = _group_causes(spec.get("group") or "")
    scope = spec.get("scope") or ""
    if not scope:
        causes.append(field.required("spec.scope"))
    elif scope not in ("Cluster", "Namespaced"):
        causes.append(field.not_supported("spec.scope", scope, ("Cluster", "Namespaced")))
    versions = spec.get("versions") or []
    for index, version in enumerate(versions):
        if "validation" not in spec and not (version.get("schema") or {}).get("openAPIV3Schema"):
            causes.append(field.required(f"spec.versions[{index}].schema.openAPIV3Schema"))
    shared_status = "status" in (spec.get("subresources") or {})
    for index, version in enumerate(versions):
        at, name = f"spec.versions[{index}]", version.get("name") or ""
        if reasons := names.dns_1035_label(name):
            causes.append(field.invalid(f"{at}.name", name, ",".join(reasons)))
        own = version.get("subresources")
        has_status = "status" in own if own is not None else shared_status
        causes += _version_causes(version, at, has_status=has_status, unchanged=name in unchanged)
    causes += _storage_causes(versions)
    first = (versions[0].get("name") or "") if versions else ""
    if first and (reasons := names.dns_1035_label(first)):
        causes.append(field.invalid("spec.version", first, ",".join(reasons)))
    causes += _name_causes(spec.get("names") or {})
    any_status = shared_status or any("status" in (each.get("subresources") or {}) for each in versions)
    shared = spec.get("validation")
    causes += _schema_causes(shared, "spec.validation", has_status=any_status, unchanged=first in unchanged)
    causes += _subresource_causes(spec.get("subresources"), "spec.subresources")
    causes += _column_causes(spec.get("additionalPrinterColumns") or [], "spec.additionalPrinterColumns")
    fields = spec.get("selectableFields") or []
    causes += _selectable_causes(fields, (shared or {}).get("openAPIV3Schema"), "spec.selectableFields")
    causes += _conversion_causes(spec.get("conversion"))
    if spec.get("preserveUnknownFields"):
        detail = (
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
            "spec.versions[*].schema instead"
        )
        causes.append(field.invalid("spec.preserveUnknownFields", True, detail))
    return causes


def stored_version_causes(stored: Sequence[str] | None, versions: Sequence[Object]) -> Causes:
    """Return what is wrong with status.storedVersions: no version that has been stored may go."""
    path = "status.storedVersions"
    if not stored:
        return [field.invalid(path, stored, "must have at least one stored version")]
    causes: Causes = []
    for version in versions:
        if version.get("storage") and version["name"] not in stored:
            causes.append(
                field.invalid(path, list(stored), f"must have the storage version {version['name']}")
            )
    known = {version["name"] for version in versions}
    for index, name in enumerate(stored):
        if name not in known:
            detail = (
                f"missing from spec.versions; {name} was previously a storage version, and must remain in "
                f"spec.versions until a storage migration ensures no data remains persisted in {name} and "
                f"removes {name} from status.storedVersions"
            )
            causes.append(field.invalid(f"{path}[{index}]", name, detail))
    return causes


def names_causes(given: Object, path: str) -> Causes:
    """Return what is wrong with the form of names, in the spec or accepted in the status."""
    causes: Causes = []
    for name in ("plural", "singular", "kind", "listKind"):
        text = given.get(name) or ""
        reasons = names.dns_1035_label(text.lower() if name in ("kind", "listKind") else text) if text else []
        if reasons:
            mixed = (
                "may have mixed case, but should otherwise match: " if name in ("kind", "listKind") else ""
            )
            causes.append(field.invalid(f"{path}.{name}", text, mixed + ",".join(reasons)))
    causes += _label_causes(given.get("shortNames") or [], f"{path}.shortNames")
    if given.get("kind") and given["kind"] == given.get("listKind"):
        detail = "kind and listKind may not be the same"
        causes.append(field.invalid(f"{path}.listKind", given["listKind"], detail))
    return causes + _label_causes(given.get("categories") or [], f"{path}.categories")


def _with_shared_fields(spec: Object) -> Object:
    """Return the spec as the server holds it: what all versions have in common, once."""
    versions = spec.get("versions") or []
    spec = {**spec, "versions": [dict(each) for each in versions]}
    for own, shared in (
        ("schema", "validation"),
        ("subresources", "subresources"),
        ("additionalPrinterColumns", "additionalPrinterColumns"),
        ("selectableFields", "selectableFields"),
    ):
        if versions and all(each.get(own) == versions[0].get(own) for each in versions):
            for each in spec["versions"]:
                each.pop(own, None)
            if versions[0].get(own) is not None:
                spec[shared] = versions[0][own]
    return spec


def _group_causes(group: str) -> Causes:
    if not group:
        return [field.required("spec.group")]
    if reasons := names.dns_subdomain(group):
        return [field.invalid("spec.group", group, ",".join(reasons))]
    if "." not in group:
        return [field.invalid("spec.group", group, "should be a domain with at least one dot")]
    return []


def _unchanged_schemas(spec: Object, old: Object | None) -> set[str]:
    """Return the versions whose schema an update leaves as it is."""
    before = {each.get("name"): each.get("schema") for each in (old or {}).get("versions") or []}
    now = {each.get("name") or "": each.get("schema") for each in spec.get("versions") or []}
    return {name for name, schema in now.items() if name in before and before[name] == schema}


def _version_causes(version: Object, path: str, *, has_status: bool, unchanged: bool) -> Causes:
    causes: Causes = []
    warning = version.get("deprecationWarning")
    if warning is not None:
        problems = []
        if not version.get("deprecated"):
            problems = ["can only be set for deprecated versions"]
        elif len(warning) > 256:
            problems = ["must be <= 256 characters long"]
        elif not warning:
            problems = ["must not be an empty string"]
        causes += field.each(f"{path}.deprecationWarning", warning, problems)
    schema = version.get("schema")
    causes += _schema_causes(schema, f"{path}.schema", has_status=has_status, unchanged=unchanged)
    causes += _subresource_causes(version.get("subresources"), f"{path}.subresources")
    columns = version.get("additionalPrinterColumns") or []
    causes += _column_causes(columns, f"{path}.additionalPrinterColumns")
    fields = version.get("selectableFields") or []
    own = (schema or {}).get("openAPIV3Schema")
    return causes + _selectable_causes(fields, own, f"{path}.selectableFields")


def _selectable_causes(fields: Sequence[Object], schema: Object | None, path: str) -> Causes:
    """Return what is wrong with the fields by which objects can be selected."""
    if not fields:
        return []
    if not schema:
        detail = "may only be set when `version.schema.openAPIV3Schema` is not included"
        return [field.invalid(path, "", detail)]
    causes: Causes = []
    known: set[str] = set()
    for index, each in enumerate(fields):
        at, text = f"{path}[{index}].jsonPath", each.get("jsonPath") or ""
        if not text:
            causes.append(field.required(at))
            continue
        try:
            to, found = field_path(text, schema, brackets=False)
        except ValueError as problem:
            causes.append(field.invalid(at, text, f"is an invalid path: {problem}"))
            continue
        if to.partition(".")[0] == "metadata":
            causes.append(field.invalid(at, text, "must not point to fields in metadata"))
        if found.get("type") not in ("string", "boolean", "integer"):
            detail = (
                "must point to a field of type string, boolean or integer. "
                "Enum string fields and strings with formats are allowed."
            )
            causes.append(field.invalid(at, text, detail))
        if to in known:
            causes.append(field.duplicate(at, text))
        known.add(to)
    if len(known) > _MOST_SELECTABLE:
        causes.append(field.too_many(path, len(known), _MOST_SELECTABLE))
    return causes


def _schema_causes(holder: Object | None, path: str, *, has_status: bool, unchanged: bool) -> Causes:
    schema = (holder or {}).get("openAPIV3Schema")
    if schema is None:
        return []
    return schema_causes(schema, f"{path}.openAPIV3Schema", has_status=has_status, unchanged=unchanged)


def _storage_causes(versions: list[Object]) -> Causes:
    causes: Causes = []
    shown = [_as_in_go(each) for each in versions] or None
    named = [each.get("name") for each in versions]
    if len(set(named)) != len(named):
        causes.append(field.invalid("spec.versions", shown, "must contain unique version names"))
    if sum(bool(each.get("storage")) for each in versions) != 1:
        detail = "must have exactly one version marked as storage version"
        causes.append(field.invalid("spec.versions", shown, detail))
    return causes


def _as_in_go(version: Object) -> Object:
    """Return a version as Go shows its internal form, whose fields have no JSON names."""
    return {
        "Name": version.get("name") or "",
        "Served": bool(version.get("served")),
        "Storage": bool(version.get("storage")),
        "Deprecated": bool(version.get("deprecated")),
        "DeprecationWarning": version.get("deprecationWarning"),
        "Schema": version.get("schema"),
        "Subresources": version.get("subresources"),
        "AdditionalPrinterColumns": version.get("additionalPrinterColumns"),
        "SelectableFields": version.get("selectableFields"),
    }


def _name_causes(given: Object) -> Causes:
    required = [each for each in ("plural", "singular", "kind", "listKind") if not given.get(each)]
    causes = [field.required(f"spec.names.{each}") for each in required]
    return causes + names_causes(given, "spec.names")


def _label_causes(labels: Sequence[str], path: str) -> Causes:
    return [
        field.invalid(f"{path}[{index}]", label, ",".join(reasons))
        for index, label in enumerate(labels)
        if (reasons := names.dns_1035_label(label))
    ]


def _column_causes(columns: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    for index, column in enumerate(columns):
        at = f"{path}[{index}]"
        type_, format_, json_path = (column.get(each) or "" for each in ("type", "format", "jsonPath"))
        if not column.get("name"):
            causes.append(field.required(f"{at}.name"))
        detail = f"must be one of {','.join(_COLUMN_TYPES)}"
        if not type_:
            causes.append(field.required(f"{at}.type", detail))
        elif type_ not in _COLUMN_TYPES:
            causes.append(field.invalid(f"{at}.type", type_, detail))
        if format_ and format_ not in _COLUMN_FORMATS:
            detail = f"must be one of {','.join(_COLUMN_FORMATS)}"
            causes.append(field.invalid(f"{at}.format", format_, detail))
        if not json_path:
            causes.append(field.required(f"{at}.JSONPath"))
        else:
            causes += _json_path_causes(json_path, f"{at}.JSONPath")
    return causes


def _json_path_causes(text: str, path: str) -> Causes:
    if text.startswith("."):
        return []
    return [field.invalid(path, text, "must be a simple json path starting with .")]


def _subresource_causes(subresources: Object | None, path: str) -> Causes:
    scale = (subresources or {}).get("scale")
    if scale is None:
        return []
    causes: Causes = []
    for name, roots in (
        ("specReplicasPath", (".spec.",)),
        ("statusReplicasPath", (".status.",)),
        ("labelSelectorPath", (".spec.", ".status.")),
    ):
        text, at = scale.get(name) or "", f"{path}.scale.{name}"
        if not text:
            causes += [] if name == "labelSelectorPath" else [field.required(at)]
        elif wrong := _json_path_causes(text, at):
            causes += wrong
        elif not text.startswith(roots):
            place = "either .spec or .status" if len(roots) > 1 else roots[0].rstrip(".")
            causes.append(field.invalid(at, text, f"should be a json path under {place}"))
    return causes


def _conversion_causes(conversion: Object | None) -> Causes:
    if conversion is None:
        return []
    strategy, webhook = conversion.get("strategy") or "", conversion.get("webhook") or {}
    causes: Causes = []
    if not strategy:
        causes.append(field.required("spec.conversion.strategy"))
    elif strategy not in ("None", "Webhook"):
        causes.append(field.not_supported("spec.conversion.strategy", strategy, ("None", "Webhook")))
    config, reviews = webhook.get("clientConfig"), webhook.get("conversionReviewVersions") or []
    path = "spec.conversion.webhookClientConfig"
    if strategy != "Webhook":
        detail = "should not be set when strategy is not set to Webhook"
        if config is not None:
            causes.append(field.forbidden(path, detail))
        if reviews:
            causes.append(field.forbidden("spec.conversion.conversionReviewVersions", detail))
        return causes
    if config is None:
        causes.append(field.required(path, "required when strategy is set to Webhook"))
    elif (config.get("url") is None) == (config.get("service") is None):
        causes.append(field.required(path, "exactly one of url or service is required"))
    path = "spec.conversion.conversionReviewVersions"
    if not reviews:
        causes.append(field.required(path))
    elif not {"v1", "v1beta1"} & set(reviews):
        causes.append(field.invalid(path, reviews, "must include at least one of v1, v1beta1"))
    return causes
