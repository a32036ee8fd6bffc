"""Styles as matplotlib names them, read into what SVG says: colours, dashes, opacity."""

from collections.abc import Mapping
from typing import Any

BLUE = "#0072b2"
_ALIASES = {
    "lw": "linewidth",
    "ls": "linestyle",
    "linewidths": "linewidth",
    "edgecolors": "edgecolor",
    "facecolors": "facecolor",
    "fc": "facecolor",
    "ec": "edgecolor",
    "c": "color",
    "ms": "markersize",
    "mew": "markeredgewidth",
    "mec": "markeredgecolor",
    "weight": "fontweight",
    "size": "fontsize",
    "horizontalalignment": "ha",
    "verticalalignment": "va",
}
_KNOWN = frozenset((
    "alpha", "arrowstyle", "bbox", "bbox_to_anchor", "boxstyle", "clip_on", "color", "edgecolor", "facecolor",
    "fill", "fontsize", "fontweight", "ha", "hatch", "label", "linestyle", "linewidth", "loc", "marker",
    "markeredgecolor", "markeredgewidth", "markerfacecolor", "markersize", "mutation_scale", "ncol", "ncols",
    "pad", "rotation", "shrinkA", "shrinkB", "solid_capstyle", "va", "x", "zorder",
))  # fmt: skip
_DASHES = {"--": (3.7, 1.6), ":": (1.0, 1.65), "-.": (6.4, 1.6, 1.0, 1.6)}
"""In widths of the line."""
_NO_LINE = ("", "none", "None", " ")


def named(style: Mapping[str, Any]) -> dict[str, Any]:
    """Return a style with every short name written out; TypeError for one that nothing here would draw."""
    found = {_ALIASES.get(name, name): value for name, value in style.items() if value is not None}
    if unknown := sorted(found.keys() - _KNOWN):
        raise TypeError(f"no picture has had {', '.join(unknown)} before: see course/plots/svg/style.py")
    return found


def has_line(linestyle: Any) -> bool:
    """Return whether a line style draws something."""
    return not (isinstance(linestyle, str) and linestyle in _NO_LINE)


def stroke(colour: Any, width: float, linestyle: Any = "-", alpha: float = 1.0, cap: str = "") -> str:
    """Return the attributes of a line; its width in points."""
    if not width or not has_line(linestyle) or _is_none(colour):
        return 'stroke="none"'
    dash = linestyle[1] if isinstance(linestyle, tuple) else _DASHES.get(linestyle, ())
    parts = [f'stroke="{colour}" stroke-width="{width:g}"']
    if dash:
        parts.append(f'stroke-dasharray="{" ".join(f"{each * width:.2f}" for each in dash)}"')
    if alpha != 1:
        parts.append(f'stroke-opacity="{alpha:g}"')
    if cap:
        parts.append(f'stroke-linecap="{cap}"')
    return " ".join(parts)


def fill(colour: Any, alpha: float = 1.0) -> str:
    """Return the attributes of a filled area."""
    if _is_none(colour):
        return 'fill="none"'
    return f'fill="{colour}"' + (f' fill-opacity="{alpha:g}"' if alpha != 1 else "")


def _is_none(colour: Any) -> bool:
    return colour is None or (isinstance(colour, str) and colour in ("none", ""))
