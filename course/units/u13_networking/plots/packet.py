"""A packet's way between two nodes, header by header."""

from course.plots import picture
from course.plots.picture import Picture
from insideout.network.plan import headers, mtu


def plot_packet(encap: str, outer: int = 4, underlay: int = 1500) -> Picture:
    """Draw what the underlay carries: the headers of the encapsulation and the pod's own IP packet."""
    parts = [(one.name, one.size_bytes) for one in headers(encap, outer)]
    inner = mtu(underlay, encap, outer)
    parts.append(("the pod's IP packet", inner))
    widths = {name: 1.35 if size < 100 else 3.6 for name, size in parts}
    colours = [picture.ORANGE, picture.SKY, picture.YELLOW, picture.PURPLE]
    with picture.figure(9, 2.3) as drawn:
        axes = drawn.subplots()
        left = 0.0
        for number, (name, size) in enumerate(parts):
            last = number == len(parts) - 1
            colour = picture.GREEN if last else colours[number % len(colours)]
            axes.barh(
                0, widths[name], left=left, height=0.8, facecolor=colour, alpha=0.45, edgecolor=picture.BLACK
            )
            axes.text(
                left + widths[name] / 2, 0, f"{name}\n{size} bytes", ha="center", va="center", fontsize=9
            )
            left += widths[name]
        axes.annotate("", (0, 0.62), (left, 0.62), arrowprops={"arrowstyle": "<->", "color": picture.BLACK})
        axes.text(left / 2, 0.68, f"at most {underlay} bytes, the underlay's MTU", ha="center", va="bottom")
        begin = left - widths["the pod's IP packet"]
        axes.annotate(
            "", (begin, -0.58), (left, -0.58), arrowprops={"arrowstyle": "<->", "color": picture.BLACK}
        )
        axes.text((begin + left) / 2, -0.64, f"at most {inner} bytes, the pod's MTU", ha="center", va="top")
        axes.set_xlim(-0.05, 9.1)
        axes.set_ylim(-1.0, 1.05)
        axes.set_axis_off()
        axes.set_title(f"{encap} over IPv{outer}")
        told = ", ".join(f"{name} {size}" for name, size in parts)
        return picture.finish(drawn, f"{encap} over IPv{outer}, from the outside in, in bytes: {told}.")
