"""The scores of one pod: a node a row, a plugin a column, and the cells that decided marked."""

from collections.abc import Mapping, Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.patches import Rectangle

Table = Mapping[str, Mapping[str, int]]
"""For each node its weighted score by plugin, and their "total"."""


def plot_scores(table: Table, weights: Mapping[str, int]) -> Picture:
    """Draw the table, the best node first; in every other row the cell is marked that costs it most."""
    names = sorted(table, key=lambda name: (-table[name]["total"], name))
    columns = [each for each in table[names[0]] if each != "total"]
    columns.sort(key=lambda one: -weights.get(one, 1))
    decides = deciding(table, names, columns)
    with picture.figure(9.6, 0.42 * len(names) + 1.2) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        for place, name in enumerate([*columns, "total"]):
            axes.text(place + 0.5, -0.85, _head(name, weights), ha="center", va="center", fontsize=8.5)
        for row, name in enumerate(names):
            axes.text(-0.05, row, name, ha="right", va="center", weight="normal" if row else "bold")
            for place, column in enumerate([*columns, "total"]):
                text, colour = str(table[name][column]), picture.BLACK
                if decides.get(name) == column:
                    text += f"  \u25bc{table[names[0]][column] - table[name][column]}"
                    colour = picture.VERMILION
                elif row == 0 and column == "total":
                    colour = picture.GREEN
                if colour != picture.BLACK:
                    axes.add_patch(_box(place, row, colour))
                axes.text(place + 0.5, row, text, ha="center", va="center", color=colour)
        axes.set_xlim(-0.5, len(columns) + 1.05)
        axes.set_ylim(len(names) - 0.4, -1.3)
        return picture.finish(drawn, say(table, names, decides))


def deciding(table: Table, names: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Return for every node but the best the column in which it is furthest behind it."""
    best = table[names[0]]
    return {name: max(columns, key=lambda one: best[one] - table[name][one]) for name in names[1:]}


def say(table: Table, names: Sequence[str], decides: Mapping[str, str]) -> str:
    """Say the totals, and where each node loses most against the best."""
    totals = ", ".join(f"{name} {table[name]['total']}" for name in names)
    best = table[names[0]]
    losses = "; ".join(
        f"{name} loses {best[column] - table[name][column]} to {names[0]} in {column}"
        for name, column in decides.items()
    )
    return f"Totals: {totals}. {losses}."


def _head(name: str, weights: Mapping[str, int]) -> str:
    if name == "total":
        return name
    broken = name.replace("NodeResourcesBalanced", "NodeResources-\nBalanced")
    return f"{broken}\nweight {weights.get(name, 1)}"


def _box(column: int, row: int, colour: str) -> Rectangle:
    return Rectangle((column + 0.1, row - 0.4), 0.8, 0.8, fill=False, edgecolor=colour, linewidth=1.8)
