"""The wrong beliefs that are known about this unit's exercises, each as a function that answers by it.

Each exercise is written here once, in plain Python, with a switch for every belief.
"""

from collections.abc import Callable
from typing import Any

Known = dict[str, Callable[..., Any]]


def _restart_delays(
    runs: list[float],
    initial: float = 10,
    cap: float = 300,
    *,
    first: bool = False,
    overshoots: bool = False,
    threshold: float = 600,
    follows_cap: bool = False,
    at_least: bool = False,
    keeps_zero: bool = False,
) -> list[float]:
    limit = 2 * cap if follows_cap else threshold
    delays: list[float] = []
    following = initial if first else 0
    for run in runs:
        if run > limit or (at_least and run == limit):
            following = initial if keeps_zero else 0
        delays.append(following)
        if following == 0:
            following = initial
        elif overshoots:
            following = following * 2 if following < cap else cap
        else:
            following = min(following * 2, cap)
    return delays


def _fit_message(
    n: int,
    statuses: dict[str, list[str]],
    *,
    by_count: bool = False,
    one_each: bool = False,
    asked_only: bool = False,
    by_reason: bool = False,
    as_numbers: bool = False,
) -> str:
    counts: dict[str, int] = {}
    for reasons in statuses.values():
        for reason in reasons[:1] if one_each else reasons:
            counts[reason] = counts.get(reason, 0) + 1
    items = sorted(f"{count} {reason}" for reason, count in counts.items())
    if by_count:
        items.sort(key=lambda item: -int(item.split()[0]))
    if as_numbers:
        items.sort(key=lambda item: int(item.split()[0]))
    if by_reason:
        items.sort(key=lambda item: item.split(" ", 1)[1])
    return f"0/{len(statuses) if asked_only else n} nodes are available: {', '.join(items)}."


def _filters(
    pod: dict[str, Any],
    nodes: list[dict[str, Any]],
    *,
    soft_refuses: bool = False,
    effect_ignored: bool = False,
    not_in_needs_label: bool = False,
    terms_are_anded: bool = False,
    all_speak: bool = False,
    one_reason: bool = False,
    strict_fit: bool = False,
    looks_at_all: bool = False,
    first_container: bool = False,
    cordon_is_final: bool = False,
    skew_at_least: bool = False,
    ignores_empty: bool = False,
    forgets_itself: bool = False,
    itself_always: bool = False,
    counts_leaving: bool = False,
    taints_hide: bool = False,
    all_nodes_count: bool = False,
    any_key_counts: bool = False,
    no_min_domains: bool = False,
    missing_passes: bool = False,
) -> dict[str, list[str]]:
    def bears(toleration: dict[str, str], taint: dict[str, str]) -> bool:
        if toleration["effect"] and toleration["effect"] != taint["effect"] and not effect_ignored:
            return False
        if toleration["key"] and toleration["key"] != taint["key"]:
            return False
        return toleration["operator"] == "Exists" or toleration["value"] == taint["value"]

    def tolerated(taint: dict[str, str]) -> bool:
        return any(bears(each, taint) for each in pod["tolerations"])

    def repels(node: dict[str, Any]) -> bool:
        hard = (
            ("NoSchedule", "NoExecute", "PreferNoSchedule") if soft_refuses else ("NoSchedule", "NoExecute")
        )
        return any(taint["effect"] in hard and not tolerated(taint) for taint in node["taints"])

    def holds(expression: dict[str, Any], labels: dict[str, str]) -> bool:
        value, values = labels.get(expression["key"]), expression["values"]
        if expression["operator"] == "NotIn":
            return value not in values and not (not_in_needs_label and value is None)
        if expression["operator"] == "In":
            return value in values
        return bool((value is not None) == (expression["operator"] == "Exists"))

    def allowed(node: dict[str, Any]) -> bool:
        labels = node["labels"]
        if any(labels.get(key) != value for key, value in pod["node_selector"].items()):
            return False
        how_many = all if terms_are_anded else any
        terms = [all(holds(each, labels) for each in term) for term in pod["affinity"]]
        return how_many(terms) if terms else True

    def total(one: dict[str, Any], name: str) -> int:
        asked: list[int] = [container.get(name, 0) for container in one["containers"]]
        return asked[0] if first_container else sum(asked)

    def lacking(node: dict[str, Any]) -> list[str]:
        found = ["Too many pods"] if len(node["pods"]) + 1 > node["max_pods"] else []
        for name in ("cpu", "memory"):
            wanted = total(pod, name)
            left = node[name] - sum(total(each, name) for each in node["pods"])
            if (wanted or looks_at_all) and (wanted > left or (strict_fit and wanted == left)):
                found.append(f"Insufficient {name}")
        return found[:1] if one_reason else found

    def matches(match: dict[str, str], labels: dict[str, str]) -> bool:
        return all(labels.get(key) == value for key, value in match.items())

    def domains(constraint: dict[str, Any]) -> dict[str, int]:
        keys = [each["key"] for each in pod["spread"]]
        if any_key_counts:
            keys = [constraint["key"]]
        found: dict[str, int] = {}
        for node in nodes:
            counts = all(key in node["labels"] for key in keys) and (allowed(node) or all_nodes_count)
            if not counts or (taints_hide and repels(node)):
                continue
            value = node["labels"][constraint["key"]]
            found[value] = found.get(value, 0) + sum(
                matches(constraint["match"], each["labels"]) and (counts_leaving or not each["leaving"])
                for each in node["pods"]
            )
        return found

    def skewed(node: dict[str, Any]) -> list[str]:
        reason = "node(s) didn't match pod topology spread constraints"
        for constraint in pod["spread"]:
            if constraint["key"] not in node["labels"]:
                if missing_passes:
                    continue
                return [reason + " (missing required label)"]
            found = domains(constraint)
            counted = [count for count in found.values() if count or not ignores_empty]
            least = min(counted, default=0)
            if len(found) < constraint["min_domains"] and not no_min_domains:
                least = 0
            itself = itself_always or matches(constraint["match"], pod["labels"])
            here = found.get(node["labels"][constraint["key"]], 0) + (0 if forgets_itself else itself)
            ahead = here - least
            if ahead > constraint["max_skew"] or (skew_at_least and ahead == constraint["max_skew"]):
                return [reason]
        return []

    cordon = {"key": "node.kubernetes.io/unschedulable", "value": "", "effect": "NoSchedule"}
    answer = {}
    for node in nodes:
        cordoned = node["unschedulable"] and (cordon_is_final or not tolerated(cordon))
        spoken = [
            ["node(s) were unschedulable"] if cordoned else [],
            ["node(s) had untolerated taint(s)"] if repels(node) else [],
            [] if allowed(node) else ["node(s) didn't match Pod's node affinity/selector"],
            lacking(node),
            skewed(node),
        ]
        said = [reasons for reasons in spoken if reasons]
        answer[node["name"]] = (
            [reason for reasons in said for reason in reasons] if all_speak else (said[0] if said else [])
        )
    return answer


def _score(
    pod: dict[str, Any],
    nodes: list[dict[str, Any]],
    *,
    old_balanced: bool = False,
    default_per_pod: bool = False,
    averages_first: bool = False,
    hard_taints_count: bool = False,
    zero_is_missing: bool = False,
    no_defaults: bool = False,
    without_the_pod: bool = False,
    defaults_balance: bool = False,
    always_balanced: bool = False,
    ignores_tolerations: bool = False,
    more_is_better: bool = False,
    clean_is_zero: bool = False,
    no_capping: bool = False,
    absolute_taints: bool = False,
) -> dict[str, dict[str, int]]:
    missing = {"cpu": 100, "memory": 200 * 2**20}

    def real(one: dict[str, Any], name: str) -> int:
        return sum(container.get(name, 0) for container in one["containers"])

    def padded(one: dict[str, Any], name: str) -> int:
        if no_defaults:
            return real(one, name)
        if default_per_pod:
            return real(one, name) or missing[name]
        if zero_is_missing:
            return sum(container.get(name) or missing[name] for container in one["containers"])
        return sum(container.get(name, missing[name]) for container in one["containers"])

    def free(node: dict[str, Any]) -> int:
        shares: list[float] = []
        for name in ("cpu", "memory"):
            if node[name]:
                others = sum(padded(each, name) for each in node["pods"])
                used = others if without_the_pod else others + padded(pod, name)
                share = max(0, node[name] - used) * 100
                shares.append(share / node[name] if averages_first else share // node[name])
        return int(sum(shares) // len(shares)) if shares else 0

    def evenness(node: dict[str, Any], pods: list[dict[str, Any]]) -> int:
        if not (node["cpu"] and node["memory"]):
            return 100
        ask = padded if defaults_balance else real
        cpu, memory = (sum(ask(each, name) for each in pods) / node[name] for name in ("cpu", "memory"))
        if not no_capping:
            cpu, memory = min(cpu, 1), min(memory, 1)
        return int((1 - abs(cpu - memory) / 2) * 100)

    def balanced(node: dict[str, Any]) -> int:
        after = evenness(node, [*node["pods"], pod])
        return after if old_balanced else 50 + (50 + after - evenness(node, node["pods"])) // 2

    def bears(toleration: dict[str, str], taint: dict[str, str]) -> bool:
        if toleration["effect"] not in ("", taint["effect"]) or toleration["key"] not in ("", taint["key"]):
            return False
        return toleration["operator"] == "Exists" or toleration["value"] == taint["value"]

    def disliked(node: dict[str, Any]) -> int:
        counted = (
            ("PreferNoSchedule", "NoSchedule", "NoExecute") if hard_taints_count else ("PreferNoSchedule",)
        )
        taints = [taint for taint in node["taints"] if taint["effect"] in counted]
        if ignores_tolerations:
            return len(taints)
        return sum(not any(bears(each, taint) for each in pod["tolerations"]) for taint in taints)

    most = max(map(disliked, nodes), default=0)
    table = {}
    for node in nodes:
        share = 100 * disliked(node) // most if most else (100 if clean_is_zero else 0)
        if absolute_taints:
            share = min(100, 10 * disliked(node))
        table[node["name"]] = {
            "NodeResourcesFit": 100 - free(node) if more_is_better else free(node),
            "TaintToleration": 100 - share,
        }
        if real(pod, "cpu") or real(pod, "memory") or always_balanced:
            table[node["name"]]["NodeResourcesBalancedAllocation"] = balanced(node)
    return table


def _pick_node(
    candidates: dict[str, dict[str, Any]],
    *,
    raw_sum: bool = False,
    count_first: bool = False,
    budgets_ignored: bool = False,
    earliest: bool = False,
    all_starts: bool = False,
    latest_of_node: bool = False,
    highest_top: bool = False,
    sum_first: bool = False,
    no_count: bool = False,
) -> str:
    def harm(name: str) -> list[float]:
        victims = candidates[name]["victims"]
        top = max(priority for priority, _ in victims)
        starts = [start for priority, start in victims if priority == top or all_starts]
        start = max(starts) if latest_of_node else min(starts)
        total = sum(priority + (0 if raw_sum else 2**31) for priority, _ in victims)
        count = 0 if no_count else len(victims)
        middle = [total, count]
        if count_first:
            middle = [count, total]
        first = 0 if budgets_ignored else candidates[name]["pdb"]
        ordered = [total, top, count] if sum_first else [-top if highest_top else top, *middle]
        return [first, *ordered, start if earliest else -start]

    return min(candidates, key=harm)


def _may_acquire(
    now: float,
    seen_at: float,
    duration: float,
    holder: str,
    me: str,
    *,
    strict: bool = False,
    waits_for_own: bool = False,
    waits_for_nobody: bool = False,
    fixed: bool = False,
    never_from_another: bool = False,
) -> bool:
    if (holder == "" and not waits_for_nobody) or (holder == me and not waits_for_own):
        return True
    end = seen_at + (15 if fixed else duration)
    return (now > end or (now == end and not strict)) and not never_from_another


def _feasible_target(
    n: int,
    pct: float = 0,
    *,
    as_float: bool = False,
    floor_everywhere: bool = False,
    five_nodes: bool = False,
    zero_is_none: bool = False,
    no_floor: bool = False,
    fixed_half: bool = False,
) -> int:
    if n < 100:
        return 100 if floor_everywhere else n
    if pct == 0 and not zero_is_none:
        pct = 50 - (n / 125 if as_float else n // 125)
        pct = 50 if fixed_half else pct if five_nodes else max(5, pct)
    wanted = round(n * pct / 100) if as_float else int(n * pct // 100)
    return max(5, wanted) if five_nodes or no_floor else max(100, wanted)


def _with(function: Callable[..., Any], **beliefs: Any) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        return function(*arguments, **beliefs)

    return answer


SWITCHES: dict[str, dict[str, dict[str, Any]]] = {
    "restart_delays": {
        "the first restart already waits": {"first": True},
        "the delay may pass the cap once before it falls back to it": {"overshoots": True},
        "a run of more than 300 s resets the delay": {"threshold": 300},
        "how long a run must last for a reset follows the cap": {"follows_cap": True},
        "a run of exactly 600 s resets the delay": {"at_least": True},
        "after a reset the next restart waits the initial delay": {"keeps_zero": True},
        "nothing resets the delay": {"threshold": 1e9},
    },
    "fit_message": {
        "the most frequent reason comes first": {"by_count": True},
        "a node counts for one reason only": {"one_each": True},
        "n is the number of nodes in the statuses": {"asked_only": True},
        "the items are sorted by their reason": {"by_reason": True},
        "the numbers are sorted as numbers": {"as_numbers": True},
    },
    "filters": {
        "a PreferNoSchedule taint keeps a pod away": {"soft_refuses": True},
        "a toleration bears a taint whatever its effect": {"effect_ignored": True},
        "NotIn asks for a label that is there": {"not_in_needs_label": True},
        "all terms of a node affinity must hold": {"terms_are_anded": True},
        "every filter that refuses a node speaks": {"all_speak": True},
        "a node says one thing that it lacks": {"one_reason": True},
        "a pod that needs exactly what is left does not fit": {"strict_fit": True},
        "an overbooked node refuses a pod that requests nothing": {"looks_at_all": True},
        "a pod requests what its first container does": {"first_container": True},
        "an unschedulable node takes nobody": {"cordon_is_final": True},
        "a domain may not reach max_skew": {"skew_at_least": True},
        "a domain without pods is not the emptiest": {"ignores_empty": True},
        "the new pod does not count in its domain": {"forgets_itself": True},
        "the new pod counts whatever its labels": {"itself_always": True},
        "a pod that is leaving still counts": {"counts_leaving": True},
        "a tainted node is in no domain": {"taints_hide": True},
        "nodes that the affinity rules out are in domains": {"all_nodes_count": True},
        "a node needs only the key of the constraint itself": {"any_key_counts": True},
        "min_domains does nothing": {"no_min_domains": True},
        "a node without the key passes": {"missing_passes": True},
    },
    "score": {
        "NodeResourcesBalancedAllocation is the evenness itself, as before v1.36": {"old_balanced": True},
        "the default request is given once to a pod": {"default_per_pod": True},
        "the free shares are averaged before they are floored": {"averages_first": True},
        "NoSchedule taints count, too": {"hard_taints_count": True},
        "a request of 0 is a missing one": {"zero_is_missing": True},
        "a missing request is 0": {"no_defaults": True},
        "the free share is that before the pod comes": {"without_the_pod": True},
        "the default requests count for the balance, too": {"defaults_balance": True},
        "a pod that requests nothing gets a balance, too": {"always_balanced": True},
        "tolerated taints count": {"ignores_tolerations": True},
        "the fuller node is better": {"more_is_better": True},
        "where no node has such a taint, all get 0": {"clean_is_zero": True},
        "a share may pass the whole": {"no_capping": True},
        "each taint costs a fixed number": {"absolute_taints": True},
    },
    "pick_node": {
        "priorities are summed as they are": {"raw_sum": True},
        "the number of victims comes before the sum": {"count_first": True},
        "budgets are not looked at": {"budgets_ignored": True},
        "the victims that started first go": {"earliest": True},
        "the start of every victim counts": {"all_starts": True},
        "the latest start among a node's victims counts": {"latest_of_node": True},
        "the most important victim should be as important as possible": {"highest_top": True},
        "the sum comes before the most important victim": {"sum_first": True},
        "the number of victims is not looked at": {"no_count": True},
    },
    "may_acquire": {
        "at the very end of its duration a lease is still held": {"strict": True},
        "the holder waits for its own lease to end": {"waits_for_own": True},
        "a lease that was given up is waited for": {"waits_for_nobody": True},
        "a lease always lasts 15 s": {"fixed": True},
        "a lease is never taken from another": {"never_from_another": True},
    },
    "feasible_target": {
        "the percentage is a fraction, and so is the result before it is rounded": {"as_float": True},
        "100 nodes are looked for even where there are fewer": {"floor_everywhere": True},
        "the least is 5 nodes": {"five_nodes": True},
        "a percentage of 0 means none": {"zero_is_none": True},
        "no number of nodes is the least": {"no_floor": True},
        "0 means half of the nodes": {"fixed_half": True},
    },
}
"""What is switched on for each belief, by exercise; the exercise itself is `_` and its name."""

_WRITTEN: dict[str, Callable[..., Any]] = {
    "restart_delays": _restart_delays,
    "fit_message": _fit_message,
    "filters": _filters,
    "score": _score,
    "pick_node": _pick_node,
    "may_acquire": _may_acquire,
    "feasible_target": _feasible_target,
}

KNOWN: dict[str, Known] = {
    exercise: {belief: _with(_WRITTEN[exercise], **switches) for belief, switches in beliefs.items()}
    for exercise, beliefs in SWITCHES.items()
}
"""The sentence that says a wrong belief, and a function that answers by it, for each exercise."""
