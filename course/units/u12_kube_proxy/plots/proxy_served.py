"""Who answered a client over time, a row for each pod, while kube-proxy wrote rules and while it did not."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.units.u12_kube_proxy.serving import DOWN_S, END_S, STORY, UP_S, Served, told


def plot_served(seen: Sequence[Served], *, title: str) -> Picture:
    """Draw a mark for each request in the row of the pod that answered; the lowest row is the failures'."""
    pods = list(dict.fromkeys(one.pod for one in seen if one.pod and not one.error))
    rows = {pod: len(pods) - place for place, pod in enumerate(pods)}
    with picture.figure(8.4, 0.34 * len(pods) + 2.1) as drawn:
        axes = drawn.subplots()
        axes.axvspan(DOWN_S, UP_S, color=picture.YELLOW, alpha=0.3, linewidth=0)
        axes.text(UP_S - 0.15, len(pods) + 0.75, "no kube-proxy", ha="right", va="bottom")
        for at_s, what in STORY:
            axes.axvline(at_s, color=picture.GREY, linestyle=":", linewidth=1.2)
            axes.text(at_s + 0.1, len(pods) + 1.45, what, va="bottom", fontsize=9, color=picture.GREY)
        good = [one for one in seen if not one.error]
        bad = [one.time_s for one in seen if one.error]
        axes.plot(
            [one.time_s for one in good],
            [rows[one.pod] for one in good],
            "|",
            color=picture.BLUE,
            markersize=11,
            label="answered",
        )
        axes.plot(bad, [0] * len(bad), "x", color=picture.VERMILION, label="failed")
        axes.set_yticks([*rows.values(), 0], [*(f"pod {n}" for n in range(1, len(pods) + 1)), "nobody"])
        axes.set_ylim(-0.6, len(pods) + 2.2)
        axes.set_xlim(-0.3, END_S)
        axes.set_xlabel("seconds")
        axes.set_title(title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
        return picture.finish(drawn, say(seen))


def say(seen: Sequence[Served]) -> str:
    """Return what the picture shows in words."""
    pods = len({one.pod for one in seen if one.pod and not one.error})
    return f"{pods} pods answered; {', '.join(told(list(seen)))}."
