"""ConfigMaps, Secrets and ServiceAccounts.

Source: pkg/apis/core/validation/validation.go (ValidateConfigMap, ValidateSecret),
pkg/registry/core/{configmap,secret,serviceaccount}/strategy.go@v1.36.2.
"""

import base64
from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, go_json, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.go_types import describe
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_MOST_BYTES = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_TOKEN = "kubernetes.io/service-account-token"
_ACCOUNT_NAME = "kubernetes.io/service-account.name"
_PARSED = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}


def validate_config_map(obj: Object) -> Causes:
    """Return what is wrong with a ConfigMap."""
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    size = 0
    for key in sorted(data):
        causes += field.each(f"data[{key}]", key, names.config_key(key))
        if key in binary:
            causes.append(field.invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
        size += len(data[key].encode("utf-8", "replace"))
    for key in sorted(binary):
        causes += field.each(f"binaryData[{key}]", key, names.config_key(key))
        size += len(base64.b64decode(binary[key] or ""))
    if size > _MOST_BYTES:
        causes.append(field.too_long("[]", _MOST_BYTES))  # the whole object, as Go writes an empty path
    return causes


def validate_secret(obj: Object) -> Causes:
    """Return what is wrong with a Secret."""
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    data = {key: base64.b64decode(value or "") for key, value in (obj.get("data") or {}).items()}
    for key in sorted(data):
        causes += field.each(f"data[{key}]", key, names.config_key(key))
    if sum(map(len, data.values())) > _MOST_BYTES:
        causes.append(field.too_long("data", _MOST_BYTES))
    kind = obj.get("type", "")
    if kind == _TOKEN and not (obj["metadata"].get("annotations") or {}).get(_ACCOUNT_NAME):
        causes.append(field.required(f"metadata.annotations[{_ACCOUNT_NAME}]"))
    if kind == "kubernetes.io/basic-auth" and not data.keys() & {"username", "password"}:
        causes += [field.required(f"data[{key}]") for key in ("username", "password")]
    if kind == "kubernetes.io/ssh-auth" and not data.get("ssh-privatekey"):
        causes.append(field.required("data[ssh-privatekey]"))
    if kind == "kubernetes.io/tls":
        causes += [field.required(f"data[{key}]") for key in ("tls.crt", "tls.key") if key not in data]
    if kind in _PARSED:
        causes += _parsed(data, _PARSED[kind])
    return causes


def _parsed(data: Mapping[str, bytes], key: str) -> Causes:
    """Refuse a file of Docker's that is not a JSON object, without showing it."""
    if key not in data:
        return [field.required(f"data[{key}]")]
    try:
        value = go_json.loads(data[key])
        if value is None or isinstance(value, dict):
            return []
        problem = f"json: cannot unmarshal {describe(value)} into Go value of type map[string]interface {{}}"
    except (ValueError, RecursionError) as error:
        problem = str(error)
    return [field.invalid(f"data[{key}]", "<secret contents redacted>", problem)]


def _config_map_update(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    if old.get("immutable"):
        if not new.get("immutable"):
            causes.append(field.forbidden("immutable", _FROZEN))
        for part in ("data", "binaryData"):
            if (new.get(part) or {}) != (old.get(part) or {}):
                causes.append(field.forbidden(part, _FROZEN))
    return causes + validate_config_map(new)


def _secret_update(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    causes += field.immutable("type", new.get("type", ""), old.get("type", ""))
    if old.get("immutable"):
        if not new.get("immutable"):
            causes.append(field.forbidden("immutable", _FROZEN))
        if (new.get("data") or {}) != (old.get("data") or {}):
            causes.append(field.forbidden("data", _FROZEN))
    return causes + validate_secret(new)


def _secret_defaults(obj: Object) -> None:
    """Put stringData into data, and name the type."""
    plain = obj.pop("stringData", None) or {}
    if plain:
        coded = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}
        obj["data"] = {**(obj.get("data") or {}), **coded}
    if not obj.get("type"):
        obj["type"] = "Opaque"


def _secret_on_update(new: Object, old: Object) -> None:
    if not new.get("type"):
        new["type"] = old.get("type", "")


def _account(obj: Object) -> Causes:
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)


def _only_names(obj: Object) -> None:
    if obj.get("secrets"):
        obj["secrets"] = [{"name": each["name"]} if each.get("name") else {} for each in obj["secrets"]]


CONFIG_MAP = Strategy(validate=validate_config_map, validate_update=_config_map_update)
SECRET = Strategy(
    defaults=_secret_defaults,
    on_update=_secret_on_update,
    validate=validate_secret,
    validate_update=_secret_update,
)
SERVICE_ACCOUNT = Strategy(
    on_create=_only_names,
    on_update=lambda new, old: _only_names(new),
    validate=_account,
    validate_update=lambda new, old: metadata_change(new, old) + _account(new),
)
