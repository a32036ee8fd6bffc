"""The scores of one pod: a node a row, a plugin a column, and the cells that decided marked."""

from collections.abc import Mapping

from course.plots import picture
from course.plots.picture import Picture

Table = Mapping[str, Mapping[str, int]]
"""For each node its weighted score by plugin, and their "total"."""


def plot_scores(table: Table, weights: Mapping[str, int]) -> Picture:
    """Draw the table, the best node first.

    A cell of the best node is marked where it is ahead of the second, or behind it.
    """
    names = sorted(table, key=lambda name: (-table[name]["total"], name))
    columns = sorted(
        (each for each in table[names[0]] if each != "total"), key=lambda one: -weights.get(one, 1)
    )
    with picture.figure(9.6, 0.42 * len(names) + 1.5) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        heads = [f"{each}\nweight {weights.get(each, 1)}" for each in columns] + ["total"]
        for place, head in enumerate(heads):
            axes.text(place + 0.5, -0.75, head, ha="center", va="center", fontsize=8.5)
        marked = differences(table, names, columns)
        for row, name in enumerate(names):
            axes.text(-0.05, row, name, ha="right", va="center", weight="bold" if row == 0 else "normal")
            for place, column in enumerate([*columns, "total"]):
                ahead = marked.get(column, 0) if row == 0 else 0
                mark = "" if not ahead else f"  {'▲' if ahead > 0 else '▼'}{abs(ahead)}"
                colour = picture.GREEN if ahead > 0 else picture.VERMILION if ahead else picture.BLACK
                if ahead or (row == 0 and column == "total"):
                    axes.add_patch(_box(place, row, colour))
                axes.text(
                    place + 0.5, row, f"{table[name][column]}{mark}", ha="center", va="center", color=colour
                )
        axes.set_xlim(-0.7, len(columns) + 1.05)
        axes.set_ylim(len(names) - 0.4, -1.2)
        return picture.finish(drawn, say(table, names, columns))


def differences(table: Table, names: list[str], columns: list[str]) -> dict[str, int]:
    """Return by how much the best node is ahead of the second (negative: behind), where it is not level."""
    if len(names) < 2:
        return {}
    best, second = table[names[0]], table[names[1]]
    return {each: best[each] - second[each] for each in columns if best[each] != second[each]}


def say(table: Table, names: list[str], columns: list[str]) -> str:
    """Say the totals, and what put the first before the second."""
    totals = ", ".join(f"{name} {table[name]['total']}" for name in names)
    parts = [
        f"{abs(ahead)} {'ahead' if ahead > 0 else 'behind'} in {column}"
        for column, ahead in differences(table, names, columns).items()
    ]
    against = f" {names[0]} against {names[1]}: {', '.join(parts) or 'level everywhere'}." if parts else ""
    return f"Totals: {totals}.{against}"


def _box(column: int, row: int, colour: str):  # type: ignore[no-untyped-def]  # matplotlib is loaded late
    from matplotlib.patches import Rectangle

    return Rectangle((column + 0.06, row - 0.42), 0.88, 0.84, fill=False, edgecolor=colour, linewidth=1.8)
