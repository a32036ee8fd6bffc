"""SVG elements in points of the page: paths, rectangles, markers, arrows, hatches and words."""

import html
import math
from collections.abc import Sequence
from typing import Any

from course.plots.svg import style, text

Point = tuple[float, float]
FAMILY = "'DejaVu Sans', Verdana, sans-serif"
_SHAPES: dict[str, tuple[Point, ...]] = {  # in units of half a marker
    "s": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "D": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
    "d": ((0, -1.4), (0.85, 0), (0, 1.4), (-0.85, 0)),
    "v": ((-1, -0.8), (1, -0.8), (0, 1)),
    "^": ((-1, 0.8), (1, 0.8), (0, -1)),
    ">": ((-0.8, -1), (-0.8, 1), (1, 0)),
    "<": ((0.8, -1), (0.8, 1), (-1, 0)),
    "X": (
        *((-1, -0.5), (-0.5, -1), (0, -0.5), (0.5, -1), (1, -0.5), (0.5, 0)),
        *((1, 0.5), (0.5, 1), (0, 0.5), (-0.5, 1), (-1, 0.5), (-0.5, 0)),
    ),
    "P": (
        *((-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35)),
        *((0.35, 1), (-0.35, 1), (-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35)),
    ),
    "*": tuple(
        (radius * math.sin(turn * math.pi / 5), -radius * math.cos(turn * math.pi / 5))
        for turn, radius in enumerate((1.0, 0.4) * 5)
    ),
}
MARKERS = "os" + "".join(_SHAPES) + "x+|_."


def path(points: Sequence[Point], attributes: str, *, closed: bool = False) -> str:
    """Return a line through points, or an area."""
    steps = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f'<path d="M{steps}{"Z" if closed else ""}" {attributes}/>'


def box(left: float, top: float, right: float, bottom: float, attributes: str) -> str:
    """Return a rectangle, whichever of its sides is which."""
    x, y = min(left, right), min(top, bottom)
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{abs(right - left):.2f}" height="{abs(bottom - top):.2f}"'
        f" {attributes}/>"
    )


def marker(kind: str, at: Point, size: float, face: Any, edge: Any, edge_width: float, alpha: float) -> str:
    """Return one marker; `size` in points from side to side."""
    x, y = at
    half = size / 2
    look = f"{style.fill(face, alpha)} {style.stroke(edge, edge_width, alpha=alpha)}"
    if kind in ("x", "+", "|", "_"):
        line = style.stroke(face, max(edge_width, 1.0), alpha=alpha)
        legs: dict[str, tuple[tuple[Point, Point], ...]] = {
            "x": (((-1, -1), (1, 1)), ((-1, 1), (1, -1))),
            "+": (((-1, 0), (1, 0)), ((0, -1), (0, 1))),
            "|": (((0, -1), (0, 1)),),
            "_": (((-1, 0), (1, 0)),),
        }
        return "".join(path([(x + dx * half, y + dy * half) for dx, dy in leg], line) for leg in legs[kind])
    if kind in _SHAPES:
        return path([(x + dx * half, y + dy * half) for dx, dy in _SHAPES[kind]], look, closed=True)
    radius = half / 2 if kind == "." else half
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" {look}/>'


def words(
    said: str,
    at: Point,
    size: float,
    *,
    colour: str,
    ha: str = "left",
    va: str = "baseline",
    weight: str = "normal",
    turn: float = 0,
) -> str:
    """Return lines of words; `at` is where `ha` and `va` say, `turn` degrees against the clock."""
    lines = said.split("\n")
    step = size * text.LINE
    first = {  # the first line's baseline
        "top": size * 0.93,
        "center": size * 0.36 - step * (len(lines) - 1) / 2,
        "bottom": -size * 0.24 - step * (len(lines) - 1),
        "baseline": -step * (len(lines) - 1),
    }[va]
    anchor = {"left": "start", "center": "middle", "right": "end"}[ha]
    x, y = at
    look = f'font-size="{size:g}" fill="{colour}" text-anchor="{anchor}" xml:space="preserve"'
    look += ' font-weight="bold"' if weight == "bold" else ""
    look += f' transform="rotate({-turn:g} {x:.2f} {y:.2f})"' if turn else ""
    out = []
    for number, line in enumerate(lines):
        if line.strip():
            # The same room in every font, so that nothing runs into its neighbour.
            room = f'textLength="{text.width(line, size, weight):.1f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{x:.2f}" y="{y + first + number * step:.2f}"'
            out.append(f"<text {place} {look} {room}>{html.escape(line, quote=False)}</text>")
    return "".join(out)


def arrow(start: Point, end: Point, shape: str, colour: str, width: float, line: Any, head: float) -> str:
    """Return an arrow; `shape` is "->", "-|>", "<->" or "-", `head` the length of its head in points."""
    length = math.dist(start, end)
    if not length:
        return ""
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    head = min(head, length)
    out = [path([start, end], f'fill="none" {style.stroke(colour, width, line)}')]
    tips = [(end, 1)] if shape.endswith(">") else []
    tips += [(start, -1)] if shape.startswith("<") else []
    for (x, y), way in tips:
        back = (x - way * dx * head, y - way * dy * head)
        side = (-dy * head * 0.42, dx * head * 0.42)
        wings = [(back[0] + side[0], back[1] + side[1]), (x, y), (back[0] - side[0], back[1] - side[1])]
        solid = shape == "-|>"
        look = style.fill(colour if solid else None) + " " + style.stroke(colour, width)
        out.append(path(wings, look, closed=solid))
    return "".join(out)


def hatch(name: str, id: str, colour: str) -> str:
    """Return the pattern that fills an area: lines for "/" and "x", dots for "."; more letters are denser."""
    size = {1: 12, 2: 9, 3: 7.2, 4: 6, 5: 5}.get(len(name), 5)
    line = style.stroke(colour, 1.0)
    if name[0] == ".":
        places = ((size / 4, size / 4), (size * 3 / 4, size * 3 / 4))
        inside = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="0.7" fill="{colour}"/>' for x, y in places)
    else:
        inside = path([(0, size), (size, 0)], line) + path([(-1, 1), (1, -1)], line)
        inside += path([(size - 1, size + 1), (size + 1, size - 1)], line)
        if name[0] == "x":
            inside += path([(0, 0), (size, size)], line)
        elif name[0] == "\\":
            inside = path([(0, 0), (size, size)], line)
    return (
        f'<pattern id="{id}" width="{size:g}" height="{size:g}" patternUnits="userSpaceOnUse">'
        f"{inside}</pattern>"
    )
