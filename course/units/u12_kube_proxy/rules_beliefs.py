"""What people believe about the rules of a Service, each with a function that answers by it.

A belief reads the Service or its slices wrongly, or writes a rule otherwise than kube-proxy does; what is
left is kube-proxy's.
"""

import re
from collections.abc import Callable
from typing import Any

from course.units.u12_kube_proxy.answers import POD_CIDR, rules_text, service_lines
from insideout.client import Object

Lines = list[str]
Rules = Callable[[Object, list[Object], str, str], Lines]
_OWN = "kubernetes.io/service-name"
_CHANCE = re.compile(r"-m statistic --mode random --probability (\S+)")
_SEP = re.compile(r"KUBE-SEP-\w+")
_REMEMBER = re.compile(r"-m recent --set --name \S+ --mask \S+ --rsource ")
_LAST = re.compile(r"-A KUBE-SV[CL]-\w+ -j KUBE-SEP-")


def _rules(service: Object, slices: list[Object], *_: str) -> Lines:
    return service_lines(rules_text([service], slices).partition("*filter")[0], service)


def _reading(change: Callable[[Object], Object]) -> Rules:
    """Return a function that first changes the Service's spec."""
    return lambda service, slices, node, pod_cidr: _rules(
        {**service, "spec": service["spec"] | change(service["spec"])}, slices
    )


def _with_endpoints(change: Callable[[Object], Object]) -> Rules:
    """Return a function that first changes the conditions of every endpoint."""

    def rules(service: Object, slices: list[Object], *_: str) -> Lines:
        changed = [
            one
            | {"endpoints": [each | {"conditions": change(each["conditions"])} for each in one["endpoints"]]}
            for one in slices
        ]
        return _rules(service, changed)

    return rules


def _with_slices(change: Callable[[str, list[Object]], list[Object]]) -> Rules:
    """Return a function that first changes the slices; `change` is given the Service's name, too."""
    return lambda service, slices, node, pod_cidr: _rules(
        service, change(service["metadata"]["name"], slices)
    )


def _writing(change: Callable[[Lines], Lines]) -> Rules:
    """Return a function that changes what kube-proxy writes."""
    return lambda service, slices, node, pod_cidr: change(_rules(service, slices))


def _each(change: Callable[[str], str | None]) -> Rules:
    """Return a function that changes or drops lines one by one."""

    def changed(lines: Lines) -> Lines:
        return [new for new in map(change, lines) if new is not None]

    return _writing(changed)


def _without(pattern: str) -> Rules:
    return _each(lambda line: None if re.match(pattern, line) else line)


def _replaced(pattern: str, old: str, new: str) -> Rules:
    """Return a function that writes `new` for `old` in the lines that begin as the pattern says."""
    return _each(lambda line: line.replace(old, new) if re.match(pattern, line) else line)


def _goes_but_serves(conditions: Object) -> bool:
    return bool(conditions.get("terminating")) and conditions.get("serving") is not False


def _relabelled(name: str, slices: list[Object]) -> list[Object]:
    return [one | {"metadata": one["metadata"] | {"labels": {_OWN: name}}} for one in slices]


def _first_slice(name: str, slices: list[Object]) -> list[Object]:
    return [one for one in slices if one["metadata"]["labels"].get(_OWN) == name][:1]


def _five_minutes_or_three_hours(spec: Object) -> Object:
    return {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}}


def _by_chain(lines: Lines) -> dict[str, Lines]:
    chains: dict[str, Lines] = {}
    for line in lines:
        chains.setdefault(line.split()[1], []).append(line)
    return chains


def _chances(share: Callable[[int, int], str]) -> Rules:
    """Return a function that writes other probabilities: by the endpoints left and all of them."""

    def changed(lines: Lines) -> Lines:
        left = {
            chain: 1 + sum(map(bool, map(_CHANCE.search, own))) for chain, own in _by_chain(lines).items()
        }
        total = dict(left)
        new = []
        for line in lines:
            chain = line.split()[1]
            if _CHANCE.search(line):
                probability = share(left[chain], total[chain])
                line = _CHANCE.sub(f"-m statistic --mode random --probability {probability}", line)
                left[chain] -= 1
            new.append(line)
        return new

    return _writing(changed)


def _chance_for_the_last(line: str) -> str:
    certain = "-m statistic --mode random --probability 1.00000000000 -j KUBE-SEP-"
    return line.replace("-j KUBE-SEP-", certain) if _LAST.match(line) else line


def _seen_by_service(line: str) -> str:
    chain = line.split()[1]
    return re.sub(r"--reap --name \S+", f"--reap --name {chain}", line)


def _as_addresses(lines: Lines) -> Lines:
    """Put the endpoints of a choice in the order of their addresses, not of their texts."""
    at = {
        line.split()[1]: [int(part) for part in re.split("[.:]", line.split()[-1])]
        for line in lines
        if " --to-destination " in line
    }
    new: Lines = []
    for chain, own in _by_chain(lines).items():
        if not chain.startswith(("KUBE-SVC-", "KUBE-SVL-")):
            new += own
            continue
        text = "\n".join(own)
        ends = list(dict.fromkeys(_SEP.findall(text)))
        sorted_ends = sorted(ends, key=lambda end: at.get(end, []))
        places = iter(sorted_ends[ends.index(end)] for end in _SEP.findall(text))
        new += _SEP.sub(lambda _, places=places: next(places), text).splitlines()  # type: ignore[misc]
    return new


def _headless(service: Object, slices: list[Object], *_: str) -> Lines:
    """Write rules for the address "None", too."""
    spec = service["spec"]
    if spec["clusterIP"] != "None":
        return _rules(service, slices)
    some = _rules({**service, "spec": spec | {"clusterIP": "192.0.2.254"}}, slices)
    return [line.replace("-d 192.0.2.254/32", "-d None/32") for line in some]


def _all_endpoints(lines: Lines) -> Lines:
    """Lead the cluster IP to KUBE-SVC, and mark its traffic there, at the chain's beginning."""
    cluster_ip = [one for one in lines if one.startswith("-A KUBE-SERVICES") and "-j KUBE-EXT-" not in one]
    marks = [one for one in lines if re.match(rf"{_CHOICE}\S+ ! -s", one)]
    rest = [one for one in lines if one not in cluster_ip and one not in marks]
    return [one.replace("KUBE-SVL-", "KUBE-SVC-") for one in [*cluster_ip, *marks]] + rest


def _empty_chain(lines: Lines) -> Lines:
    """Jump to KUBE-SVL under policy Local also where no endpoint is here."""
    new = list(lines)
    for chain, own in _by_chain(lines).items():
        local = any("--src-type LOCAL" in line for line in own)
        jump = f"-A {chain} -j {chain.replace('KUBE-EXT-', 'KUBE-SVL-')}"
        new += [jump] if local and jump not in own else []
    return new


_EXT, _CHOICE = "-A KUBE-EXT-", "-A KUBE-SV[CL]-"

RULES: dict[str, Callable[..., Any]] = {
    "all cluster IP traffic is masqueraded": _replaced(_CHOICE, f"! -s {POD_CIDR} ", ""),
    "pods are masqueraded, strangers are not": _replaced(_CHOICE, f"! -s {POD_CIDR}", f"-s {POD_CIDR}"),
    "endpoints are sorted as addresses": _writing(_as_addresses),
    "every rule takes 1/n": _chances(lambda left, total: f"{1 / total:.11f}"),
    "the last rule has a probability too": _each(_chance_for_the_last),
    "the number that was written is printed": _chances(lambda left, total: f"{1 / left:.10f}"),
    "every listed endpoint is used": _with_endpoints(lambda conditions: {"ready": True}),
    "terminating endpoints are gone": _with_endpoints(
        lambda conditions: conditions | {"serving": conditions.get("ready", True)}
    ),
    "ready and terminating endpoints are mixed": _with_endpoints(
        lambda conditions: conditions | ({"ready": True} if _goes_but_serves(conditions) else {})
    ),
    "the slices of all Services are this one's": _with_slices(_relabelled),
    "the first slice holds all endpoints": _with_slices(_first_slice),
    "a hairpin needs no mark": _without("-A KUBE-SEP-.* -j KUBE-MARK-MASQ$"),
    "affinity is always three hours": _reading(_five_minutes_or_three_hours),
    "affinity is remembered for the Service": _each(_seen_by_service),
    "affinity is never renewed": _each(lambda line: _REMEMBER.sub("", line)),
    "affinity needs no rules": _reading(lambda spec: {"sessionAffinity": "None"}),
    "under policy Local pods see local endpoints only": _each(
        lambda line: line.replace("-j KUBE-SVC-", "-j KUBE-SVL-") if f" -s {POD_CIDR} -j" in line else line
    ),
    "under policy Local nobody is masqueraded": _without(
        f"{_EXT}.* -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ"
    ),
    "external traffic keeps its source": _without(rf"{_EXT}\S+ -j KUBE-MARK-MASQ"),
    "node ports lead straight to the endpoints": _replaced("-A KUBE-NODEPORTS -p", "KUBE-EXT-", "KUBE-SVC-"),
    "node ports do not answer at localhost": _without("-A KUBE-NODEPORTS -d 127"),
    "external addresses are internal": _replaced("-A KUBE-SERVICES", "KUBE-EXT-", "KUBE-SVC-"),
    "a headless Service has rules": _headless,
    "the external policy changes nothing": _reading(lambda spec: {"externalTrafficPolicy": "Cluster"}),
    "the internal policy is the external one": _reading(
        lambda spec: {"internalTrafficPolicy": spec.get("externalTrafficPolicy", "Cluster")}
    ),
    "the cluster IP always leads to all endpoints": _writing(_all_endpoints),
    "an empty KUBE-SVL is jumped to": _writing(_empty_chain),
}
