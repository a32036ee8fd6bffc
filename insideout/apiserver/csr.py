"""What the server writes into a CertificateSigningRequest: who asks, and when a condition came.

Left out: the rights to approve and to sign, which are given by signer.

Source: pkg/registry/certificates/certificates/strategy.go, plugin/pkg/admission/certificates
/subjectrestriction@v1.36.2.
"""

from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.certificates import organizations
from insideout.apiserver.status import forbidden
from insideout.apiserver.users import MASTERS, asking

Object = dict[str, Any]

RESOURCE = "certificatesigningrequests.certificates.k8s.io"
_CLIENT = "kubernetes.io/kube-apiserver-client"


def name_requestor(obj: Object) -> None:
    """Write who asks into a new request, whatever its client wrote."""
    info = asking().info()
    spec = obj["spec"]
    for key in ("username", "uid", "groups", "extra"):
        spec.pop(key, None)
    spec.update(info)


def check_subject(kind: Kind, obj: Object) -> None:
    """Raise 403 when a request for a client certificate asks for membership in system:masters."""
    spec = obj["spec"]
    if spec.get("signerName") == _CLIENT and MASTERS in organizations(spec.get("request") or ""):
        why = f"use of {_CLIENT} signer with {MASTERS} group is not allowed"
        raise forbidden(kind, obj["metadata"].get("name", ""), why)


def stamp(new: Object, old: Object, now: str) -> None:
    """Give new conditions their times."""
    before = (old.get("status") or {}).get("conditions") or []
    for each in (new.get("status") or {}).get("conditions") or ():
        if not each.get("lastUpdateTime"):
            each["lastUpdateTime"] = now
        if not each.get("lastTransitionTime"):
            same = (
                c
                for c in before
                if (c.get("type"), c.get("status")) == (each.get("type"), each.get("status"))
            )
            each["lastTransitionTime"] = next((c.get("lastTransitionTime") for c in same), None) or now
