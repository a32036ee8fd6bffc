"""Read iptables-save text: tables, chains and rules, without judging what a match means.

It also reads what kube-proxy gives to iptables-restore, where options come in another order.

Source: iptables-save(8) and iptables(8), version 1.8.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_HEADER = {
    "-s": "source",
    "--source": "source",
    "--src": "source",
    "-d": "destination",
    "--destination": "destination",
    "--dst": "destination",
    "-p": "protocol",
    "--protocol": "protocol",
    "-i": "in-interface",
    "--in-interface": "in-interface",
    "-o": "out-interface",
    "--out-interface": "out-interface",
}
_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_COUNTERS = re.compile(r"^\[\d+:\d+\] ")


class Option(NamedTuple):
    """One option with its values; `negated` when "!" stands before it."""

    name: str
    values: tuple[str, ...]
    negated: bool = False


class Match(NamedTuple):
    """One "-m name" with its options."""

    name: str
    options: tuple[Option, ...]


class ParsedRule(NamedTuple):
    """One rule: what iptables itself compares, the matches in order, and the target with its words."""

    text: str
    chain: str
    header: tuple[Option, ...]
    matches: tuple[Match, ...]
    target: str
    target_words: tuple[str, ...]
    goto: bool


@dataclass
class ParsedChain:
    """One chain; only the kernel's own chains have a policy."""

    name: str
    policy: str = ""
    rules: list[ParsedRule] = field(default_factory=list)


Tables = dict[str, dict[str, ParsedChain]]


def parse(text: str) -> Tables:
    """Return the tables in `text`, each a dict of chains.

    Raises ValueError, naming the line, when a line is not iptables-save's.
    """
    tables: Tables = {}
    chains: dict[str, ParsedChain] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#") or words == "COMMIT":
            continue
        if words.startswith("*"):
            chains = tables.setdefault(words[1:], {})
        elif chains is None:
            raise ValueError(f'line {number}: a table such as "*nat" must come first, not {words!r}')
        elif words.startswith(":"):
            name, _, policy = words[1:].partition(" ")
            chains[name] = ParsedChain(name, policy.split(" ")[0].strip("-"))
        else:
            rule = _rule(_COUNTERS.sub("", words), number)
            chains.setdefault(rule.chain, ParsedChain(rule.chain)).rules.append(rule)
    return tables


def recent_names(tables: Tables) -> frozenset[str]:
    """Return the names of the lists of addresses seen that some rule uses."""
    return frozenset(
        option.values[0]
        for chains in tables.values()
        for chain in chains.values()
        for rule in chain.rules
        for match in rule.matches
        if match.name == "recent"
        for option in match.options
        if option.name == "--name" and option.values
    )


def _rule(text: str, number: int) -> ParsedRule:
    if text.count('"') % 2:
        raise ValueError(f"line {number}: a quotation is not closed: {text!r}")
    words = [word or quoted for quoted, word in _WORD.findall(text)]
    if len(words) < 2 or words[0] not in ("-A", "--append"):
        raise ValueError(f'line {number}: a rule begins with "-A CHAIN", not {text!r}')
    header: list[Option] = []
    matches: list[tuple[str, list[Option]]] = []
    target = ""
    target_words: tuple[str, ...] = ()
    goto = negated = False
    position = 2
    while position < len(words):
        word = words[position]
        position += 1
        if word == "!":
            negated = True
            continue
        if word in ("-j", "--jump", "-g", "--goto"):
            target, *rest = words[position:] or [""]
            target_words, goto = tuple(rest), word in ("-g", "--goto")
            break
        values = _values(words, position)
        position += len(values)
        if word in _HEADER:
            header.append(Option(_HEADER[word], values, negated))
        elif word in ("-m", "--match"):
            matches.append((" ".join(values), []))
        elif matches:
            matches[-1][1].append(Option(word, values, negated))
        else:
            matches.append(("", [Option(word, values, negated)]))
        negated = False
    return ParsedRule(
        text=text,
        chain=words[1],
        header=tuple(header),
        matches=tuple(Match(name, tuple(options)) for name, options in matches),
        target=target,
        target_words=target_words,
        goto=goto,
    )


def _values(words: list[str], position: int) -> tuple[str, ...]:
    """Return the words up to the next option; a comment may hold anything, so its one word is taken whole."""
    if words[position - 1] == "--comment":
        return tuple(words[position : position + 1])
    end = position
    while end < len(words) and words[end] != "!" and not words[end].startswith("-"):
        end += 1
    return tuple(words[position:end])
