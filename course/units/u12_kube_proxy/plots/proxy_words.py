"""iptables rules in a few words, short enough to stand in a picture."""

from collections.abc import Sequence

from insideout.proxy.netfilter.parse import ParsedChain, ParsedRule

MARK_MASQ = "KUBE-MARK-MASQ"
_DISPATCH = ("KUBE-SERVICES", "KUBE-NODEPORTS")


def say(rule: ParsedRule, chain: ParsedChain) -> str:
    """Return a rule in a few words; what every packet in a Service's own chain is for is left out."""
    said: list[str] = []
    fields = {option.name: option for option in rule.header}
    options = {option.name: option for match in rule.matches for option in match.options}
    port = options["--dport"].values[0] if "--dport" in options else ""
    if "source" in fields:
        said.append(
            ("not from " if fields["source"].negated else "from ") + _address(fields["source"].values)
        )
    if "destination" in fields and chain.name in _DISPATCH:
        said.append(f"to {_address(fields['destination'].values)}" + (f":{port}" if port else ""))
    elif port and chain.name in _DISPATCH:
        said.append(f"to port {port}")
    if "--dst-type" in options:
        said.append("to this node")
    if "--src-type" in options:
        said.append("from this node")
    if "--probability" in options:
        said.append(f"by chance {float(options['--probability'].values[0]):.4g}")
    if "--rcheck" in options:
        said.append(f"seen in {options['--seconds'].values[0]} s")
    if "--mark" in options:
        said.append("no mark" if options["--mark"].negated else "mark")
    if not said and rule.target_words == () and rule.target != MARK_MASQ:
        said = ["all others" if len(chain.rules) > 1 else "all"]
    return " ".join([*said, _target(rule)])


def _address(values: Sequence[str]) -> str:
    return values[0].removesuffix("/32")


def _target(rule: ParsedRule) -> str:
    if rule.target == MARK_MASQ:
        return "→ mark"
    if rule.target == "DNAT":
        return f"→ DNAT {rule.target_words[1]}"
    if rule.target == "MARK":
        return "→ take the mark off"
    if rule.target in ("RETURN", "MASQUERADE"):
        return f"→ {rule.target.lower()}"
    return "→"


def short(name: str) -> str:
    """Return a chain's name with its hash cut to six characters."""
    kind, _, tail = name.rpartition("-")
    return f"{kind}-{tail[:6]}…" if len(tail) == 16 else name
