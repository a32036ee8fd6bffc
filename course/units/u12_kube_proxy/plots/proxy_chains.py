"""The chains that a packet for a Service can pass, with one packet's way lit."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.patches import Rectangle
from course.units.u12_kube_proxy.plots.proxy_words import MARK_MASQ, say, short
from insideout.proxy.netfilter.parse import ParsedChain, parse
from insideout.proxy.netfilter.tracer import Verdict

_ROW_IN, _GAP_IN, _BETWEEN_IN = 0.23, 0.2, 0.45
_WIDTH_MIN_IN = 6.5
_LETTER_IN = 0.071
"""About the width of a letter, wide ones as the rule."""
_ENTRY, _EXIT = "KUBE-SERVICES", "KUBE-POSTROUTING"


class _Box(NamedTuple):
    chain: ParsedChain
    left_in: float
    width_in: float
    top_in: float

    def row_in(self, number: int) -> float:
        """Return the height of a rule's middle; the chain's name is row 0."""
        return self.top_in - (number + 0.5) * _ROW_IN


def plot_chains(rules: str, verdict: Verdict, *, sent: str, upto: int | None = None) -> Picture:
    """Draw the chains of table nat that a packet can reach, and light the rules that `verdict` passed.

    `sent` says in a few words what was sent, such as "10.244.1.7 to 10.96.0.11:80".  Jumps to KUBE-MARK-MASQ
    are drawn as the word "mark", so that they do not cross everything else.  `upto` stops after so many of
    the rules that matched.
    """
    chains = parse(rules)["nat"]
    passed = verdict.rules if upto is None else verdict.rules[:upto]
    lit = set(passed)
    entry = "OUTPUT" if any(rule.startswith("-A OUTPUT") for rule in verdict.rules) else "PREROUTING"
    boxes = _place(chains, _columns(chains))
    end = _end(verdict) if len(passed) == len(verdict.rules) else _on_its_way(passed, len(verdict.rules))
    width_in = max(_WIDTH_MIN_IN, *(box.left_in + box.width_in for box in boxes.values())) + 0.05
    height_in = max(box.top_in for box in boxes.values()) + 0.62
    with picture.figure(width_in, height_in) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        axes.set_xlim(0, width_in)
        axes.set_ylim(0, height_in)
        for box in boxes.values():
            _draw_box(axes, box, lit)
        for name, label in ((_ENTRY, f"from {entry}"), (_EXIT, "later, from POSTROUTING")):
            axes.text(boxes[name].left_in, boxes[name].top_in + 0.04, label, va="bottom", fontsize=8.5)
        for box in boxes.values():
            for number, rule in enumerate(box.chain.rules, 1):
                if rule.target in boxes:
                    _draw_edge(axes, box, number, boxes[rule.target], rule.text in lit)
        axes.text(0.05, height_in - 0.12, f"{sent}: {end}", va="top", fontweight="bold")
        return picture.finish(drawn, _alt(passed, sent, end))


def _columns(chains: dict[str, ParsedChain]) -> dict[str, int]:
    """Return the column of each chain that can be reached: one beyond the farthest chain that jumps to it."""
    columns = {_ENTRY: 0, _EXIT: 0}
    pending = [_ENTRY]
    while pending:
        name = pending.pop()
        for rule in chains[name].rules:
            target = rule.target
            if target in chains and target != MARK_MASQ and columns.get(target, -1) <= columns[name]:
                columns[target] = columns[name] + 1
                pending.append(target)
    return {name: column for name, column in columns.items() if chains[name].rules}


def _place(chains: dict[str, ParsedChain], columns: dict[str, int]) -> dict[str, _Box]:
    """Stack the chains of each column from the top, in the order in which they are jumped to."""
    targets = [rule.target for chain in chains.values() for rule in chain.rules]
    stacks: dict[int, list[ParsedChain]] = {}
    for name in sorted(columns, key=lambda name: (name == _EXIT, targets.index(name), name)):
        stacks.setdefault(columns[name], []).append(chains[name])
    total_in = max(sum(map(_height, stack)) for stack in stacks.values())
    boxes = {}
    left_in = 0.05
    for _, stack in sorted(stacks.items()):
        top_in, width_in = total_in, max(map(_width, stack))
        for chain in stack:
            bottom_in = top_in - _height(chain)
            box_in = bottom_in + _GAP_IN + (len(chain.rules) + 1) * _ROW_IN
            boxes[chain.name] = _Box(chain, left_in, width_in, box_in)
            top_in = bottom_in
        left_in += width_in + _BETWEEN_IN
    return boxes


def _height(chain: ParsedChain) -> float:
    label_in = _ROW_IN if chain.name == _EXIT else 0  # says that this is on the way out
    return (len(chain.rules) + 1) * _ROW_IN + _GAP_IN + label_in


def _width(chain: ParsedChain) -> float:
    rows = [short(chain.name) + "  ", *(say(rule, chain) for rule in chain.rules)]
    return 0.35 + _LETTER_IN * max(map(len, rows))


def _draw_box(axes: Axes, box: _Box, lit: set[str]) -> None:
    left = box.left_in
    rows = len(box.chain.rules) + 1
    passed = any(rule.text in lit for rule in box.chain.rules)
    edge = picture.BLUE if passed else picture.GREY
    bottom = box.top_in - rows * _ROW_IN
    axes.add_patch(
        Rectangle(
            (left, bottom),
            box.width_in,
            rows * _ROW_IN,
            facecolor="white",
            edgecolor=edge,
            linewidth=1.2,
            zorder=2,
        )
    )
    axes.text(
        left + 0.06,
        box.row_in(0),
        short(box.chain.name),
        va="center",
        fontsize=9,
        fontweight="bold",
        color=edge,
        zorder=4,
    )
    for number, rule in enumerate(box.chain.rules, 1):
        y, on = box.row_in(number), rule.text in lit
        if on:
            axes.add_patch(
                Rectangle(
                    (left, y - _ROW_IN / 2),
                    box.width_in,
                    _ROW_IN,
                    facecolor=picture.YELLOW,
                    alpha=0.55,
                    linewidth=0,
                    zorder=3,
                )
            )
        axes.text(
            left + 0.06,
            y,
            ("▸ " if on else "   ") + say(rule, box.chain),
            va="center",
            zorder=4,
            fontsize=8.5,
            color=picture.BLACK if on else picture.GREY,
        )


def _draw_edge(axes: Axes, box: _Box, number: int, target: _Box, on: bool) -> None:
    start = (box.left_in + box.width_in, box.row_in(number))
    end = (target.left_in, target.row_in(0))
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        zorder=1,  # behind the boxes it passes
        arrowprops={
            "arrowstyle": "-|>",
            "color": picture.BLUE if on else picture.GREY,
            "linewidth": 2 if on else 0.7,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _end(verdict: Verdict) -> str:
    if verdict.action != "ACCEPT":
        return f"{verdict.action} in table filter"
    return verdict.destination + (", masqueraded" if verdict.masquerade else ", with its source unchanged")


def _on_its_way(passed: Sequence[str], rules: int) -> str:
    if not passed:
        return "not looked at yet"
    return f"rule {len(passed)} of {rules} that match, in {short(passed[-1].split()[1])}"


def _alt(passed: Sequence[str], sent: str, end: str) -> str:
    chains = list(dict.fromkeys(short(rule.split()[1]) for rule in passed))
    if not end.startswith(("rule ", "not ")):
        return f"The chains for {sent}. The packet passes {', '.join(chains)} and ends: {end}."
    return f"The chains for {sent}, after {', '.join(chains) or 'nothing'}: {end}."
