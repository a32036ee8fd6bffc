"""CertificateSigningRequests: whoever asks for a certificate, and whether it was approved.

Who asks, and when a condition came, is set before (insideout.apiserver.admission).  No signer runs here: an
approved request stays as it is until somebody writes status.certificate.

Source: pkg/apis/certificates/validation/validation.go, pkg/registry/certificates/certificates/strategy.go
@v1.36.2.
"""

import base64
from typing import Any

from insideout.apimachinery import names
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_DECISIONS = ("Approved", "Denied")
_FINAL = (*_DECISIONS, "Failed")
_LEGACY = "kubernetes.io/legacy-unknown"
_SHORTEST_S = 600
_USAGES = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
    "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system",
    "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc",
    "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
)  # fmt: skip


def _any_name(text: str) -> list[str]:
    return []


def organizations(request: str) -> list[str]:
    """Return the organizations (groups) that a request names.  Raises ValueError when it is no request."""
    # Loaded here: few clusters ever see a request.
    from cryptography.x509 import NameOID, load_pem_x509_csr

    pem = base64.b64decode(request)
    if b"-----BEGIN CERTIFICATE REQUEST-----" not in pem:
        raise ValueError("PEM block type must be CERTIFICATE REQUEST")
    try:
        found = load_pem_x509_csr(pem)
        good = found.is_signature_valid
    except ValueError:
        raise ValueError("asn1: structure error: the request cannot be read") from None
    if not good:
        raise ValueError("x509: signature verification error")
    return [str(each.value) for each in found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]


def _request(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, _any_name)
    spec = obj["spec"]
    try:
        organizations(spec.get("request") or "")
    except ValueError as problem:
        shown = list(base64.b64decode(spec.get("request") or ""))
        causes.append(field.invalid("spec.request", shown, str(problem)))
    usages = spec.get("usages") or []
    if not usages:
        causes.append(field.required("spec.usages"))
    for index, usage in enumerate(usages):
        causes += field.one_of(f"spec.usages[{index}]", usage, _USAGES)
    causes += [
        field.duplicate(f"spec.usages[{index}]", usage)
        for index, usage in enumerate(usages)
        if usage in usages[:index]
    ]
    causes += _signer(spec.get("signerName", ""), "spec.signerName")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < _SHORTEST_S:
        detail = "may not specify a duration less than 600 seconds (10 minutes)"
        causes.append(field.invalid("spec.expirationSeconds", seconds, detail))
    return causes + _conditions(_conditions_of(obj))


def _signer(name: str, path: str) -> Causes:
    domain, slash, rest = name.partition("/")
    if not name:
        return [field.required(path)]
    if name == _LEGACY:
        detail = "the legacy signerName is not allowed via this API version"
        return [field.invalid(path, name, detail)]
    if not slash or not rest or "/" in rest:
        detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return [field.invalid(path, name, detail)]
    causes = field.each(path, domain, names.dns_subdomain(domain))
    if domain.count(".") < 1:
        causes.append(
            field.invalid(path, domain, "should be a domain with at least two segments separated by dots")
        )
    for part in rest.split("."):
        causes += field.each(path, part, names.dns_label(part))
    return causes


def _conditions_of(obj: Object) -> list[Object]:
    found: list[Object] = (obj.get("status") or {}).get("conditions") or []
    return found


def _conditions(conditions: list[Object]) -> Causes:
    causes, path = [], "status.conditions"
    seen: list[str] = []
    for index, each in enumerate(conditions):
        kind, status = each.get("type", ""), each.get("status", "")
        if not kind:
            causes.append(field.required(f"{path}[{index}].type"))
        known = ("True",) if kind in _FINAL else ("False", "True", "Unknown")
        if not status:
            causes.append(field.required(f"{path}[{index}].status"))
        else:
            causes += field.one_of(f"{path}[{index}].status", status, known)
        if kind in _DECISIONS and any(other in seen for other in _DECISIONS if other != kind):
            detail = "Approved and Denied conditions are mutually exclusive"
            causes.append(field.invalid(path, kind, detail))
        if kind in seen:
            causes.append(field.duplicate(f"{path}[{index}].type", kind))
        seen.append(kind)
    return causes


def _change(new: Object, old: Object, *, decides: bool = False, signs: bool = False) -> Causes:
    causes, path = _request(new), "status.conditions"
    for kind in _FINAL:
        before, after = (
            [each for each in _conditions_of(obj) if each.get("type") == kind] for obj in (old, new)
        )
        if len(after) < len(before):
            detail = f"updates may not remove a condition of type {go_quote(kind)}"
            causes.append(field.forbidden(path, detail))
        elif kind in _DECISIONS and not decides and after != before:
            verb = "add" if len(after) > len(before) else "modify"
            detail = f"updates may not {verb} a condition of type {go_quote(kind)}"
            causes.append(field.forbidden(path, detail))
    given, known = ((each.get("status") or {}).get("certificate") for each in (new, old))
    if given != known and not signs:
        causes.append(field.forbidden("status.certificate", "updates may not set certificate content"))
    elif given != known and known:
        detail = "updates may not modify existing certificate content"
        causes.append(field.forbidden("status.certificate", detail))
    if given and given != known:
        causes += _certificate(given)
    return causes + metadata_change(new, old)


def _certificate(given: str) -> Causes:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        load_pem_x509_certificates(base64.b64decode(given))
    except ValueError:
        detail = "must contain at least one CERTIFICATE PEM block"
        return [field.invalid("status.certificate", "<certificate data>", detail)]
    return []


def _keep_spec(new: Object, old: Object) -> None:
    new["spec"] = old["spec"]


def _keep_all_but_conditions(new: Object, old: Object) -> None:
    """Let an approval change the conditions alone."""
    _keep_spec(new, old)
    status = dict(old.get("status") or {})
    status.pop("conditions", None)
    if _conditions_of(new):
        status["conditions"] = _conditions_of(new)
    new["status"] = status


CERTIFICATE_SIGNING_REQUEST = Strategy(
    on_update=_keep_spec,
    validate=_request,
    validate_update=_change,
    validate_status=lambda new, old: _change(new, old, signs=True),
    has_status=True,
    subresources={
        "approval": Strategy(
            on_update=_keep_all_but_conditions,
            validate_update=lambda new, old: _change(new, old, decides=True),
        )
    },
)
