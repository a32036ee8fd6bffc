"""How wide words are: the advances of DejaVu Sans, so that a picture is laid out alike everywhere."""

_LETTERS = (
    "".join(map(chr, range(32, 127))) + "▸→≤≥·\N{EN DASH}\N{EM DASH}…\N{MINUS SIGN}\N{MULTIPLICATION SIGN}µ"
)
_NORMAL = (
    "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 100 "
    "68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 50 61 "
    "63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84 50 84 84 84 "
    "32 50 100 100 84 84 64 "
)
_BOLD = (
    "35 46 52 84 70 100 87 31 46 46 52 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 58 100 "
    "77 76 73 83 68 68 82 84 37 37 77 64 100 84 85 73 85 77 72 68 81 77 110 77 72 73 46 37 46 84 50 50 67 "
    "72 59 72 68 44 72 71 34 34 67 34 104 71 69 72 72 49 60 48 71 65 92 65 65 58 71 37 71 84 50 84 84 84 "
    "38 50 100 100 84 84 74 "
)
_ADVANCE = {
    weight: dict(zip(_LETTERS, map(int, advances.split()), strict=True))
    for weight, advances in (("normal", _NORMAL), ("bold", _BOLD))
}
LINE = 1.25
"""The distance of two lines, in sizes of the font."""


def width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of the longest line of a text, in the unit of `size`."""
    advance = _ADVANCE["bold" if weight == "bold" else "normal"]
    lines = text.split("\n")
    return max(sum(advance.get(letter, 62) for letter in line) for line in lines) * size / 100


def height(text: str, size: float) -> float:
    """Return the height of a text, in the unit of `size`."""
    return (text.count("\n") + 1) * size * LINE
