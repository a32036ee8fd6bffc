"""The rows of Ingresses, their classes, and of addresses and ranges for Services.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

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

_SHOWN = 3
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"


def _ingress(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    points = part(part(obj, "status"), "loadBalancer").get("ingress") or []
    found = {each.get("ip") or each.get("hostname") or "" for each in points} - {""}
    return [
        name_of(obj),
        spec.get("ingressClassName", "<none>"),
        _hosts([each.get("host", "") for each in spec.get("rules") or ()]),
        ",".join(sorted(found)),
        "80, 443" if spec.get("tls") else "80",
        age(created(obj), now),
    ]


def _hosts(hosts: list[str]) -> str:
    shown: list[str] = []
    for index, host in enumerate(hosts):
        if len(shown) == _SHOWN:
            return f"{','.join(shown)} + {len(hosts) - _SHOWN} more..." if index else "*"
        shown += [host] if host else []
    return ",".join(shown) or "*"


INGRESSES = Printer(
    (
        NAME,
        Column(
            "Class", "The name of the IngressClass resource that should be used for additional configuration"
        ),
        Column("Hosts", "Hosts that incoming requests are matched against before the ingress rule"),
        Column("Address", "Address is a list containing ingress points for the load-balancer"),
        Column("Ports", "Ports of TLS configurations that open"),
        AGE,
    ),
    _ingress,
)


def _class(obj: Object, now: datetime) -> Cells:
    spec, given = part(obj, "spec"), part(obj, "spec").get("parameters")
    default = (obj["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"
    parameters = "<none>"
    if given is not None:
        group = f".{given['apiGroup']}" if given.get("apiGroup") is not None else ""
        parameters = f"{given.get('kind', '')}{group}/{given.get('name', '')}"
    name = name_of(obj) + (" (default)" if default else "")
    return [name, spec.get("controller", ""), parameters, age(created(obj), now)]


INGRESS_CLASSES = Printer(
    (
        NAME,
        Column("Controller", "Controller that is responsible for handling this class"),
        Column("Parameters", "A reference to a resource with additional parameters"),
        AGE,
    ),
    _class,
)


def _address(obj: Object, now: datetime) -> Cells:
    parent = part(obj, "spec").get("parentRef")
    shown = "<none>"
    if parent is not None:
        resource = ".".join(filter(None, (parent.get("resource", ""), parent.get("group", "")))).lower()
        shown = "/".join(filter(None, (resource, parent.get("namespace", ""), parent.get("name", ""))))
    return [name_of(obj), shown, age(created(obj), now)]


IP_ADDRESSES = Printer((NAME, Column("ParentRef", "V1IPAddressSpec.parentRef"), AGE), _address)
SERVICE_CIDRS = Printer(
    (NAME, Column("CIDRs", "V1ServiceCIDRSpec.cidrs"), AGE),
    lambda obj, now: [
        name_of(obj),
        ",".join(part(obj, "spec").get("cidrs") or ()),
        age(created(obj), now),
    ],
)
