"""Areas, words and arrows in matplotlib's looks, and what the whole page shares."""

import math
from typing import Any

from course.plots.svg import marks, style, text

BLACK = "#222222"


class Page:
    """What the whole page shares: the patterns that fill areas."""

    def __init__(self) -> None:
        self.patterns: dict[tuple[str, str], str] = {}

    def hatch(self, name: str, colour: str) -> str:
        """Return the fill of a hatch."""
        id = self.patterns.setdefault((name, colour), f"hatch{len(self.patterns)}")
        return f'fill="url(#{id})"'


def area(page: Page, outline: list[marks.Point], look: dict[str, Any]) -> str:
    """Return a filled outline, hatched where its look says so."""
    alpha = look.get("alpha", 1.0)
    face = look.get("facecolor", look.get("color", style.BLUE)) if look.get("fill", True) else None
    edge = look.get("edgecolor", look.get("color") if "facecolor" not in look else None)
    edge_width = look.get("linewidth", 1.0) if edge else 0
    line = style.stroke(edge, edge_width, alpha=alpha)
    out = marks.path(outline, f"{style.fill(face, alpha)} {line}", closed=True)
    if look.get("hatch"):
        pattern = page.hatch(look["hatch"], str(edge or BLACK))
        opacity = f' fill-opacity="{alpha:g}"' if alpha != 1 else ""
        out += marks.path(outline, f'{pattern}{opacity} stroke="none"', closed=True)
    return out


def extent(at: marks.Point, said: str, look: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of words."""
    size, weight = float(look.get("fontsize", 10)), str(look.get("fontweight", "normal"))
    wide, high = text.width(said, size, weight), text.height(said, size)
    left = at[0] - {"left": 0.0, "center": wide / 2, "right": wide}[look.get("ha", "left")]
    down = {"top": 0.0, "center": high / 2, "bottom": high, "baseline": high * 0.8}
    top = at[1] - down[look.get("va", "baseline")]
    return left, top, left + wide, top + high


def written(at: marks.Point, said: str, look: dict[str, Any]) -> str:
    """Return words, on a ground where their look has one."""
    size, weight = float(look.get("fontsize", 10)), str(look.get("fontweight", "normal"))
    ha, va = look.get("ha", "left"), look.get("va", "baseline")
    out = ""
    if ground := look.get("bbox"):
        ground = style.named(ground)
        box = str(ground.get("boxstyle", ""))
        pad = size * float(box.partition("pad=")[2] or 0.3) if box else float(ground.get("pad", 4))
        left, top, right, bottom = extent(at, said, look)
        shade = f"{style.fill(ground.get('facecolor', 'white'), ground.get('alpha', 1.0))} "
        shade += style.stroke(ground.get("edgecolor", "none"), ground.get("linewidth", 1.0))
        shade += f' rx="{pad:g}"' if box.startswith("round") else ""
        out = marks.box(left - pad, top - pad, right + pad, bottom + pad, shade)
    turn = look.get("rotation", 0)
    colour = look.get("color", BLACK)
    return out + marks.words(
        said, at, size, colour=colour, ha=ha, va=va, weight=weight, turn=90 if turn == "vertical" else turn
    )


def pointed(tail: marks.Point, tip: marks.Point, look: dict[str, Any]) -> str:
    """Return an arrow in matplotlib's look, both ends drawn in as `shrinkA` and `shrinkB` say."""
    length = math.dist(tail, tip)
    if not length:
        return ""
    dx, dy = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
    a, b = look.get("shrinkA", 2), look.get("shrinkB", 2)
    tail, tip = (tail[0] + dx * a, tail[1] + dy * a), (tip[0] - dx * b, tip[1] - dy * b)
    return marks.arrow(
        tail, tip, look.get("arrowstyle", "-"), look.get("color", BLACK), look.get("linewidth", 1.0),
        look.get("linestyle", "-"), 0.4 * look.get("mutation_scale", 12),
    )  # fmt: skip
