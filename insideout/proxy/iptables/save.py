"""Two spellings of one ruleset: what is given to iptables-restore, and what iptables-save gives back.

The kernel keeps a rule's meaning, not its words.  iptables-save puts source, destination and protocol first,
gives every address a prefix length and every option in its match's own order, and prints what kube-proxy left
to defaults.

Source: the save functions of iptables 1.8.9 (libxt_recent, libxt_statistic, libxt_MARK, libipt_REJECT,
libxt_nfacct), compared with the real program in tests/insideout/proxy/test_kernel.py.
"""

from insideout.proxy.iptables.probability import printed
from insideout.proxy.iptables.rule import Rule
from insideout.proxy.iptables.ruleset import Ruleset, Table

_HEADER = ("-s", "-d", "-p")
"""What belongs to the rule itself and not to a match, in the order of printing."""


def restore_text(ruleset: Ruleset) -> str:
    """Return the rules as kube-proxy writes them, ready for iptables-restore in an empty namespace."""
    lines = []
    for table in ruleset:
        rules = [" ".join(["-A", one.chain, *map(_quoted, one.args)]) for one in table.rules]
        lines += [f"*{table.name}", *_declarations(table), *rules, "COMMIT"]
    return "\n".join(lines) + "\n"


def save_text(table: Table) -> str:
    """Return what iptables-save prints for `table`, without its date comments."""
    chains: dict[str, list[str]] = {chain: [] for chain in (*table.builtin, *table.chains)}
    for one in table.rules:
        chains[one.chain].append(save_line(one))
    rules = [line for lines in chains.values() for line in lines]
    return "\n".join([f"*{table.name}", *_declarations(table), *rules, "COMMIT"])


def save_line(rule: Rule) -> str:
    """Return what iptables-save prints for one rule."""
    header: dict[str, str] = {}
    matches: list[tuple[str, list[str]]] = []
    target: list[str] = []
    negation = ""
    words = iter(rule.args)
    for word in words:
        if word == "!":
            negation = "! "
            continue
        if word in _HEADER:
            value = next(words)
            header[word] = f"{negation}{word} {value if word == '-p' else _with_prefix(value)}"
        elif word == "-m":
            matches.append((next(words), []))
        elif word == "-j":
            target = list(words)
        else:
            matches[-1][1].append(negation + word)
        negation = ""
    parts = [header[word] for word in _HEADER if word in header]
    parts += [f"-m {name} {_options(name, given)}".rstrip() for name, given in matches]
    if target:
        parts.append("-j " + " ".join(_target(target)))
    return " ".join(["-A", rule.chain, *parts])


def _declarations(table: Table) -> list[str]:
    return [f":{chain} ACCEPT [0:0]" for chain in table.builtin] + [
        f":{chain} - [0:0]" for chain in table.chains
    ]


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word or ";" in word else word


def _with_prefix(address: str) -> str:
    return address if "/" in address else f"{address}/32"


def _options(match: str, given: list[str]) -> str:
    """Return the options of one match as its own save function prints them."""
    if match == "comment":
        return f'--comment "{given[1]}"'
    if match == "statistic":
        return " ".join([*given[:-1], printed(given[-1])])
    if match == "recent":
        name, rest = given[:2], given[2:]
        return " ".join([*rest, *name, "--mask", "255.255.255.255", "--rsource"])
    if match == "nfacct":
        return "  ".join(given)  # two spaces: that is how it prints
    return " ".join(given)


def _target(words: list[str]) -> list[str]:
    """Return a target with what iptables-save adds: xor and or are both kept as value and mask."""
    match words:
        case ["MARK", "--xor-mark", mark]:
            return ["MARK", "--set-xmark", f"{mark}/0x0"]
        case ["MARK", "--or-mark", mark]:
            return ["MARK", "--set-xmark", f"{mark}/{mark}"]
        case ["REJECT"]:
            return ["REJECT", "--reject-with", "icmp-port-unreachable"]
    return words
