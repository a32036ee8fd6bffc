"""The chains that a packet for a Service can pass, with one packet's way lit."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.proxy.netfilter.parse import ParsedChain, ParsedRule, parse
from course.proxy.netfilter.tracer import Verdict

_ROW_IN, _GAP_IN, _BETWEEN_IN = 0.2, 0.2, 0.42
_LETTER_IN = 0.063
"""About the width of a letter, wide ones as the rule."""
_HIDDEN = ("KUBE-MARK-MASQ",)
_DISPATCH = ("KUBE-SERVICES", "KUBE-NODEPORTS")
_LEAVING = ("POSTROUTING", "KUBE-POSTROUTING")


class _Box(NamedTuple):
    chain: ParsedChain
    left_in: float
    width_in: float
    top_in: float

    def row_in(self, number: int) -> float:
        """Return the height of a rule's middle; the chain's name is row 0."""
        return self.top_in - (number + 0.5) * _ROW_IN


def plot_chains(rules: str, verdict: Verdict, *, sent: str) -> Picture:
    """Draw the chains of table nat that a packet can reach, and light the rules that `verdict` passed.

    `sent` says in a few words what was sent, such as "10.244.1.7 to 10.96.0.11:80".  Jumps to KUBE-MARK-MASQ
    are drawn as the word "mark", so that they do not cross everything else.
    """
    chains = parse(rules)["nat"]
    lit = set(verdict.rules)
    entry = "OUTPUT" if any(rule.startswith("-A OUTPUT") for rule in verdict.rules) else "PREROUTING"
    columns = _columns(chains, entry)
    boxes = _place(chains, columns)
    width_in = max(box.left_in + box.width_in for box in boxes.values()) + 0.05
    height_in = max(box.top_in for box in boxes.values()) + 0.42
    with picture.figure(width_in, height_in) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        axes.set_xlim(0, width_in)
        axes.set_ylim(0, height_in)
        for box in boxes.values():
            _draw_box(axes, box, lit)
        leaving = boxes[_LEAVING[0]]
        axes.text(leaving.left_in, leaving.top_in + 0.05, "on the way out", va="bottom", fontsize=8)
        for box in boxes.values():
            for number, rule in enumerate(box.chain.rules, 1):
                if rule.target in boxes:
                    _draw_edge(axes, box, number, boxes[rule.target], rule.text in lit)
        end = verdict.destination or verdict.action
        how = "masqueraded" if verdict.masquerade else "with its source unchanged"
        axes.text(0.05, height_in - 0.12, f"{sent}: {end}, {how}", va="top", fontweight="bold")
        return picture.finish(drawn, _alt(verdict, sent, end, how))


def _columns(chains: dict[str, ParsedChain], entry: str) -> dict[str, int]:
    """Return the column of each chain that can be reached: one beyond the farthest chain that jumps to it."""
    columns = {entry: 0}
    pending = [entry]
    while pending:
        name = pending.pop()
        for rule in chains[name].rules:
            target = rule.target
            if target in chains and target not in _HIDDEN and columns.get(target, -1) <= columns[name]:
                columns[target] = columns[name] + 1
                pending.append(target)
    columns |= dict(zip(_LEAVING, (0, 1), strict=True))
    return {name: column for name, column in columns.items() if chains[name].rules}


def _place(chains: dict[str, ParsedChain], columns: dict[str, int]) -> dict[str, _Box]:
    """Stack the chains of each column, from the top; those that leave the node stand below the way in."""
    stacks: dict[int, list[str]] = {}
    for name in sorted(columns, key=lambda name: (name in _LEAVING, _order(chains, name), name)):
        stacks.setdefault(columns[name], []).append(name)
    heights = {
        column: sum((len(chains[name].rules) + 1) * _ROW_IN + _GAP_IN for name in names)
        for column, names in stacks.items()
    }
    total_in = max(heights.values())
    boxes = {}
    left_in = 0.05
    for _, names in sorted(stacks.items()):
        top_in = total_in
        width_in = max(_width(chains[name]) for name in names)
        for name in names:
            if name in _LEAVING:  # at the bottom, side by side
                top_in = (max(len(chains[one].rules) for one in _LEAVING) + 1) * _ROW_IN + 0.05
            boxes[name] = _Box(chains[name], left_in, width_in, top_in)
            top_in -= (len(chains[name].rules) + 1) * _ROW_IN + _GAP_IN
        left_in += width_in + _BETWEEN_IN
    return boxes


def _width(chain: ParsedChain) -> float:
    rows = [_short(chain.name) + "  ", *(_say(rule, chain) for rule in chain.rules)]
    return 0.35 + _LETTER_IN * max(map(len, rows))


def _order(chains: dict[str, ParsedChain], name: str) -> int:
    """Return the place of the first jump to a chain, so that edges cross little."""
    targets = [rule.target for chain in chains.values() for rule in chain.rules]
    return targets.index(name) if name in targets else -1


def _draw_box(axes: object, box: _Box, lit: set[str]) -> None:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

    assert isinstance(axes, Axes)
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
        _short(box.chain.name),
        va="center",
        fontsize=8,
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
            ("▸ " if on else "   ") + _say(rule, box.chain),
            va="center",
            zorder=4,
            fontsize=7.5,
            color=picture.BLACK if on else picture.GREY,
        )


def _draw_edge(axes: object, box: _Box, number: int, target: _Box, on: bool) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
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


def _say(rule: ParsedRule, chain: ParsedChain) -> str:
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
    if not said and rule.target_words == () and rule.target not in _HIDDEN:
        said = ["all others" if len(chain.rules) > 1 else "all"]
    return " ".join([*said, _target(rule)])


def _address(values: Sequence[str]) -> str:
    return values[0].removesuffix("/32")


def _target(rule: ParsedRule) -> str:
    if rule.target in _HIDDEN:
        return "→ mark"
    if rule.target == "DNAT":
        return f"→ DNAT {rule.target_words[1]}"
    if rule.target == "MARK":
        return "→ take the mark off"
    if rule.target in ("RETURN", "MASQUERADE"):
        return f"→ {rule.target.lower()}"
    return "→"


def _short(name: str) -> str:
    """Return a chain's name with its hash cut to six characters."""
    kind, _, tail = name.rpartition("-")
    return f"{kind}-{tail[:6]}…" if len(tail) == 16 else name


def _alt(verdict: Verdict, sent: str, end: str, how: str) -> str:
    chains = list(dict.fromkeys(_short(rule.split()[1]) for rule in verdict.rules))
    return f"The chains for {sent}. The packet passes {', '.join(chains)} and ends at {end}, {how}."
