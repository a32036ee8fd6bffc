"""CustomResourceDefinitions as the server keeps them: defaults, strategy, and becoming established.

A definition is only a request.  A controller in the API server looks whether its names are free in its group
and writes down the accepted ones (condition NamesAccepted); then the kind is served (condition Established),
and stays so as long as the definition lives.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go, pkg/registry/
customresourcedefinition/strategy.go,
pkg/controller/{status/naming,establish/establishing}_controller.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any

from insideout.apimachinery import names
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.crd import approval
from insideout.apiserver.crd import definition_rules as rules
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]
FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
_CONFORMANT = "KubernetesAPIApprovalPolicyConformant"
_NAMES = ("kind", "listKind", "plural", "singular", "shortNames", "categories")


def add_defaults(crd: Object) -> None:
    """Fill in the names and the conversion that a definition leaves out."""
    spec = crd.setdefault("spec", {})
    given = spec.setdefault("names", {})
    kind = given.get("kind") or ""
    if not given.get("singular"):
        given["singular"] = kind.lower()
    if not given.get("listKind") and kind:
        given["listKind"] = f"{kind}List"
    if spec.get("conversion") is None:
        spec["conversion"] = {"strategy": "None"}
    service = ((spec["conversion"].get("webhook") or {}).get("clientConfig") or {}).get("service")
    if service is not None and service.get("port") is None:
        service["port"] = 443


def on_create(crd: Object) -> None:
    """Start the status: nothing accepted yet, one version stored."""
    stored = [each["name"] for each in crd["spec"].get("versions") or [] if each.get("storage")][:1]
    crd["status"] = {
        "acceptedNames": {"kind": "", "plural": ""},
        "conditions": None,
        "storedVersions": stored or None,
    }


def on_update(new: Object, old: Object) -> None:
    """Remember a version that is stored from now on."""
    stored = new.setdefault("status", {}).get("storedVersions") or []
    for version in new["spec"].get("versions") or []:
        if version.get("storage"):
            if version["name"] not in stored:
                new["status"] = {**new["status"], "storedVersions": [*stored, version["name"]]}
            return


def _causes(crd: Object, old: Object | None) -> Causes:
    status = crd.get("status") or {}
    causes = rules.spec_causes(crd.get("spec") or {}, old["spec"] if old is not None else None)
    if old is not None:
        causes += _immutable_causes(crd, old)
    causes += rules.names_causes(status.get("acceptedNames") or {}, "status.acceptedNames")
    versions = crd["spec"].get("versions") or []
    causes += rules.stored_version_causes(status.get("storedVersions"), versions)
    return causes + approval.causes(crd, old)


def _immutable_causes(new: Object, old: Object) -> Causes:
    """Return which names were changed that stored objects depend on."""
    causes: Causes = []
    now, before = new["spec"], old["spec"]
    if is_established(old):
        causes += field.immutable("spec.scope", now.get("scope"), before.get("scope"))
        causes += field.immutable("spec.names.kind", now["names"].get("kind"), before["names"].get("kind"))
    causes += field.immutable("spec.group", now.get("group"), before.get("group"))
    return causes + field.immutable(
        "spec.names.plural", now["names"].get("plural"), before["names"].get("plural")
    )


class DefinitionStrategy(Strategy):
    """The particulars of CustomResourceDefinitions."""

    def metadata_rules(self, obj: Object) -> Causes:
        """Return what is wrong with the metadata: the name is made of the plural and the group."""
        spec = obj.get("spec") or {}
        wanted = f"{(spec.get('names') or {}).get('plural') or ''}.{spec.get('group') or ''}"

        def name_rule(name: str) -> list[str]:
            reasons = names.dns_subdomain(name)
            return reasons if name == wanted else [*reasons, 'must be spec.names.plural+"."+spec.group']

        return metadata.validate(obj["metadata"], False, name_rule)

    def update_rules(self, new: Object, old: Object) -> Causes:
        """Return what is wrong with a changed definition."""
        return metadata.validate_update(new["metadata"], old["metadata"]) + _causes(new, old)


STRATEGY = DefinitionStrategy(
    namespaced=False,
    defaults=add_defaults,
    validate=lambda crd: _causes(crd, None),
    validate_status=lambda new, old: rules.names_causes(
        (new.get("status") or {}).get("acceptedNames") or {}, "status.acceptedNames"
    ),
    on_create=on_create,
    on_update=on_update,
    counts_generation=True,
    has_status=True,
)


def is_established(crd: Object) -> bool:
    """Tell whether the kind that `crd` defines is served."""
    return _status_of(crd, "Established") == "True"


def judge_approval(crd: Object, now: str) -> Object | None:
    """Return the status that says whether the Kubernetes project approved; None when nothing changes."""
    found = approval.approval_of(crd)
    if found is None:
        return None
    status = crd.get("status") or {}
    before = status.get("conditions") or []
    value, reason = str(found.state == "Approved"), f"{found.state}Annotation"
    conditions = _with_condition(before, _CONFORMANT, value, reason, found.message, now)
    return None if conditions == before else {**status, "conditions": conditions}


def accept_names(crd: Object, others: Iterable[Object], now: str) -> Object | None:
    """Return the status after the naming controller has looked at `crd`, None when nothing changes.

    `others` are the other definitions; those of the same group have taken the names in their acceptedNames.
    `now` is the time as conditions carry it.
    """
    wanted = crd["spec"]["names"]
    status = crd.get("status") or {}
    accepted = {name: each for name, each in (status.get("acceptedNames") or {}).items() if each}
    if {name: each for name, each in wanted.items() if each} == accepted:
        return None
    resources, kinds = _taken(
        each for each in others if each["spec"].get("group") == crd["spec"].get("group")
    )
    reason, message = "NoConflicts", "no conflicts found"
    result = dict(accepted)
    for name in ("plural", "singular", "shortNames", "kind", "listKind"):
        taken = kinds if name in ("kind", "listKind") else resources
        already = accepted.get(name)
        asked = wanted.get(name) or ([] if name == "shortNames" else "")
        asked_names = asked if isinstance(asked, list) else [asked]
        had = already if isinstance(already, list) else [already]
        conflicts = [
            f"{go_quote(each)} is already in use" for each in asked_names if each in taken and each not in had
        ]
        if conflicts:
            reason = f"{name[0].upper()}{name[1:]}Conflict"
            message = conflicts[0] if len(conflicts) == 1 else f"[{', '.join(conflicts)}]"
        elif asked:
            result[name] = asked
        else:
            result.pop(name, None)
    result |= {"categories": wanted["categories"]} if wanted.get("categories") else {}
    good = reason == "NoConflicts"
    conditions = _with_condition(
        status.get("conditions") or [], "NamesAccepted", "True" if good else "False", reason, message, now
    )
    if _status_of(crd, "Established") != "True":
        reason, message = ("Installing", "the initial names have been accepted") if good else _NOT_ACCEPTED
        conditions = _with_condition(conditions, "Established", "False", reason, message, now)
    ordered = {name: result[name] for name in _NAMES if name in result}
    new_status = {**status, "acceptedNames": {"kind": "", "plural": "", **ordered}, "conditions": conditions}
    return None if new_status == status else new_status


_NOT_ACCEPTED = ("NotAccepted", "not all names are accepted")


def establish(crd: Object, now: str) -> Object | None:
    """Return the status that says that the kind is served, None when it is or its names are not free."""
    if is_established(crd) or _status_of(crd, "NamesAccepted") != "True":
        return None
    status = crd["status"]
    conditions = _with_condition(
        status["conditions"],
        "Established",
        "True",
        "InitialNamesAccepted",
        "the initial names have been accepted",
        now,
    )
    return {**status, "conditions": conditions}


def ending(crd: Object, now: str) -> Object | None:
    """Return the status that says that the kind's objects are being deleted, None when it says so."""
    status = crd.get("status") or {}
    conditions = status.get("conditions") or []
    if any(
        each["type"] == "Terminating" and each["reason"] == "InstanceDeletionInProgress"
        for each in conditions
    ):
        return None
    message = "CustomResource deletion is in progress"
    more = _with_condition(conditions, "Terminating", "True", "InstanceDeletionInProgress", message, now)
    return {**status, "conditions": more}


def _status_of(crd: Object, type_: str) -> str:
    conditions = (crd.get("status") or {}).get("conditions") or []
    return next((each["status"] for each in conditions if each["type"] == type_), "Unknown")


def _taken(crds: Iterable[Object]) -> tuple[set[str], set[str]]:
    """Return the resource names and the kinds that definitions have been given."""
    resources: set[str] = set()
    kinds: set[str] = set()
    for crd in crds:
        accepted = (crd.get("status") or {}).get("acceptedNames") or {}
        resources |= {
            accepted.get("plural") or "",
            accepted.get("singular") or "",
            *(accepted.get("shortNames") or ()),
        }
        kinds |= {accepted.get("kind") or "", accepted.get("listKind") or ""}
    return resources - {""}, kinds - {""}


def _with_condition(
    conditions: list[Object], type_: str, status: str, reason: str, message: str, now: str
) -> list[Object]:
    """Return the conditions with one set; its time changes only with its status."""
    old = next((each for each in conditions if each["type"] == type_), None)
    since = old["lastTransitionTime"] if old is not None and old["status"] == status else now
    new = {"lastTransitionTime": since, "message": message, "reason": reason, "status": status, "type": type_}
    if old is None:
        return [*conditions, new]
    return [new if each["type"] == type_ else each for each in conditions]
