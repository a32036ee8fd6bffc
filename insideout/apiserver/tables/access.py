"""The rows of what says who may do what: role bindings and certificate requests; roles show their age only.

Source: pkg/printers/internalversion/printers.go, pkg/apis/rbac/helpers.go (SubjectsStrings)@v1.36.2.
"""

from datetime import datetime, timedelta

from insideout.apiserver.tables.ages import age, human_duration
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


def _binding(obj: Object, now: datetime) -> Cells:
    reference = part(obj, "roleRef")
    listed: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for each in obj.get("subjects") or ():
        name = each.get("name", "")
        if each.get("kind") == "ServiceAccount":
            name = f"{each.get('namespace', '')}/{name}"
        listed.get(each.get("kind", ""), []).append(name)
    role = f"{reference.get('kind', '')}/{reference.get('name', '')}"
    return [name_of(obj), role, age(created(obj), now), *(", ".join(names) for names in listed.values())]


def _bindings(kind: str) -> Printer:
    what = kind[:1].lower() + kind[1:]
    people = (
        Column(each, f"{each} in the {what}", priority=1) for each in ("Users", "Groups", "ServiceAccounts")
    )
    return Printer((NAME, Column("Role", f"V1{kind}.roleRef"), AGE, *people), _binding)


ROLE_BINDINGS = _bindings("RoleBinding")
CLUSTER_ROLE_BINDINGS = _bindings("ClusterRoleBinding")


def _request(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    kinds = {each.get("type") for each in status.get("conditions") or ()}
    words = ["Denied" if "Denied" in kinds else "Approved" if "Approved" in kinds else "Pending"]
    if "Failed" in kinds:
        words.append("Failed")
    if status.get("certificate"):
        words.append("Issued")
    seconds = spec.get("expirationSeconds")
    return [
        name_of(obj),
        age(created(obj), now),
        spec.get("signerName") or "<none>",
        spec.get("username", ""),
        "<none>" if seconds is None else human_duration(timedelta(seconds=seconds)),
        ",".join(words),
    ]


CERTIFICATE_REQUESTS = Printer(
    (
        NAME,
        AGE,
        Column("SignerName", "V1CertificateSigningRequestSpec.signerName"),
        Column("Requestor", "V1CertificateSigningRequestSpec.request"),
        Column("RequestedDuration", "V1CertificateSigningRequestSpec.expirationSeconds"),
        Column("Condition", "V1CertificateSigningRequestStatus.conditions"),
    ),
    _request,
)
