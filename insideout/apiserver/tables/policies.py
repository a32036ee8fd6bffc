"""The rows of admission policies and their bindings.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime
from typing import Any

from insideout.apimachinery import selectors
from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import (
    AGE,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    created,
    name_of,
    part,
)

_UNSET = "<unset>"


def _policy(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    kind = spec.get("paramKind")
    param_kind = f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else _UNSET
    return [name_of(obj), len(spec.get("validations") or ()), param_kind, age(created(obj), now)]


def _binding(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    return [name_of(obj), spec.get("policyName", ""), _param(spec.get("paramRef")), age(created(obj), now)]


def _param(ref: Any) -> str:
    """Return the parameter that a binding names; without a namespace it is looked for in the request's."""
    if not ref:
        return _UNSET
    if ref.get("name"):
        return f"{ref.get('namespace') or '*'}/{ref['name']}"
    return str(selectors.from_object(ref.get("selector") or {}) or "")


_VALIDATIONS = "Validations indicates the number of validation rules defined in this configuration"
POLICIES = Printer(
    (
        NAME,
        Column("Validations", _VALIDATIONS, "integer"),
        Column("ParamKind", "ParamKind specifies the kind of resources used to parameterize this policy"),
        AGE,
    ),
    _policy,
)
BINDINGS = Printer(
    (
        NAME,
        Column("PolicyName", "PolicyName indicates the policy definition which the policy binding binded to"),
        Column("ParamRef", "ParamRef indicates the param resource which sets the configration param"),
        AGE,
    ),
    _binding,
)
