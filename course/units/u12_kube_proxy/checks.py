"""Checks of lesson 12_kube_proxy: `chain_name`, `probabilities`, `refusal`, `nat_rules` and `trace`."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import Cases, grade
from course.checks.written import named
from course.units.u12_kube_proxy import cases as kube_proxy_cases
from course.units.u12_kube_proxy import recorded as kube_proxy_recorded
from course.units.u12_kube_proxy import unseen as kube_proxy_random
from course.units.u12_kube_proxy.answers import show_objects
from course.units.u12_kube_proxy.misconceptions import KNOWN, refusal

_RULES_DOC = Place(
    "4. All rules of a Service",
    "pkg/proxy/iptables/proxier.go, syncProxyRules, and the recorded rules in this notebook",
)
_NAMES_DOC = Place(
    "1. What kube-proxy does: it writes rules",
    "pkg/proxy/iptables/proxier.go, portProtoHash and servicePortEndpointChainName",
)
_SHARES_DOC = Place(
    "2. Equal shares", "pkg/proxy/iptables/proxier.go, computeProbability and writeServiceToEndpointRules"
)
_REFUSAL_DOC = Place(
    "3. Who may be chosen, and what is refused",
    "pkg/proxy/topology.go, CategorizeEndpoints, and pkg/proxy/iptables/proxier.go, syncProxyRules",
)
_TRACE_DOC = Place(
    "5. What a packet meets",
    "man iptables, on targets and user-defined chains, and the picture of a packet's way above",
)

_CHAIN_ARGUMENTS = ("kind", "namespace", "service", "port", "protocol", "endpoint")


def chain_name_examples(function: Any, *, points: float) -> float:
    """Check `chain_name` on a few names, a rule at a time."""
    return grade(
        "chain_name",
        function,
        kube_proxy_cases.chain_name_cases(),
        arguments=_CHAIN_ARGUMENTS,
        points=points,
        read=_NAMES_DOC,
        misconceptions=KNOWN["chain_name"],
    )


def chain_name_records(function: Any, *, points: float) -> float:
    """Check `chain_name` on every chain of the golden records."""
    cases = kube_proxy_recorded.chain_name_cases()
    return grade(
        "chain_name",
        function,
        cases,
        arguments=_CHAIN_ARGUMENTS,
        points=points,
        read=_NAMES_DOC,
        misconceptions=KNOWN["chain_name"],
    )


def chain_name_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `chain_name` on names drawn with `seed`."""
    cases = kube_proxy_random.chain_name_cases(seed)
    return grade(
        "chain_name",
        function,
        cases,
        arguments=_CHAIN_ARGUMENTS,
        points=points,
        read=_NAMES_DOC,
        misconceptions=KNOWN["chain_name"],
    )


def probabilities_examples(function: Any, *, points: float) -> float:
    """Check `probabilities(n)` for small and large n."""
    cases = kube_proxy_cases.probabilities_cases()
    return grade(
        "probabilities",
        function,
        cases,
        arguments=("n",),
        points=points,
        read=_SHARES_DOC,
        misconceptions=KNOWN["probabilities"],
    )


def refusal_told(told: Any, *, points: float) -> float:
    """Check the learner's examples of `refusal(endpoints, policy, node)`."""
    return examples.grade(
        "my_refusals",
        told,
        refusal,
        KNOWN["refusal"],
        points=points,
        read=_REFUSAL_DOC,
        refuse=_no_refusal,
    )


def refusal_examples(function: Any, *, points: float) -> float:
    """Check `refusal(endpoints, policy, node)`, a rule at a time."""
    return grade(
        "refusal",
        function,
        kube_proxy_cases.refusal_cases(),
        arguments=("endpoints", "policy", "node"),
        points=points,
        read=_REFUSAL_DOC,
        misconceptions=KNOWN["refusal"],
    )


def nat_rules_examples(function: Any, *, points: float) -> float:
    """Check `nat_rules(service, slices, node, pod_cidr)`, a rule and its chains at a time."""
    cases = kube_proxy_cases.nat_cases()
    return _nat_rules(function, cases, points)


def nat_rules_records(function: Any, *, points: float) -> float:
    """Check `nat_rules` on what a real kube-proxy wrote for the 14 recorded cases."""
    cases = kube_proxy_recorded.nat_cases()
    return _nat_rules(function, cases, points)


def nat_rules_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `nat_rules` on Services drawn with `seed`."""
    cases = kube_proxy_random.nat_cases(seed)
    return _nat_rules(function, cases, points)


def trace_examples(function: Any, *, points: float) -> float:
    """Check `trace(rules, packet)`, a rule at a time."""
    return _trace(function, kube_proxy_cases.trace_cases(), points)


def trace_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `trace` on Services and packets drawn with `seed`."""
    return _trace(function, kube_proxy_random.trace_cases(seed), points)


def _nat_rules(function: Any, cases: Cases, points: float) -> float:
    return grade(
        "nat_rules",
        function,
        cases,
        points=points,
        read=_RULES_DOC,
        show=show_objects,
        misconceptions=KNOWN["nat_rules"],
    )


def _trace(function: Any, cases: Cases, points: float) -> float:
    return grade(
        "trace",
        function,
        cases,
        points=points,
        read=_TRACE_DOC,
        show=_show_trace,
        misconceptions=KNOWN["trace"],
    )


def _show_trace(rules: Any, packet: Any) -> str:
    """Return the arguments of `trace`, the short one first: a report has no room for all rules of a node."""
    return named(("packet", "rules"), (packet, rules))


def _no_refusal(endpoints: Any, policy: Any, node: Any) -> str:
    """Say why these are no arguments of `refusal`, "" when they are."""
    if policy not in ("Cluster", "Local"):
        return 'policy is "Cluster" or "Local"'
    if not isinstance(node, str):
        return "node is the name of a node"
    if not isinstance(endpoints, list) or not all(
        isinstance(one, dict) and isinstance(one.get("conditions"), dict) for one in endpoints
    ):
        return "endpoints is a list of dicts, each with conditions"
    said = [value for one in endpoints for value in one["conditions"].values()]
    return "" if all(isinstance(value, bool) for value in said) else "a condition is True or False"
