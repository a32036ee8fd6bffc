"""A minute of chaos: how many children are as asked, and what was done to them and to the operator."""

from course.plots import picture
from course.plots.picture import Picture
from course.units.u10_operators.atwork import AtWork


def plot_chaos(run: AtWork) -> Picture:
    """Draw a run: children over time, and above them what was done."""
    began_s = run.samples[0].time_s
    times = [sample.time_s - began_s for sample in run.samples]
    with picture.figure(8.5, 2.9) as drawn:
        axes = drawn.subplots()
        axes.step(times, [s.right for s in run.samples], where="post", color=picture.GREEN, label="as asked")
        axes.step(
            *(times, [s.wrong for s in run.samples]),
            where="post",
            color=picture.VERMILION,
            linestyle="--",
            label="not as asked",
        )
        top = max(max(s.right, s.wrong) for s in run.samples) + 1
        marks = {
            "take a child": ("v", picture.ORANGE),
            "spoil a child": ("s", picture.PURPLE),
            "change the spec": ("D", picture.BLUE),
            "kill": ("X", picture.BLACK),
        }
        for done, (marker, colour) in marks.items():
            at = [time for time, sample in zip(times, run.samples, strict=True) if sample.done == done]
            axes.plot(at, [top] * len(at), marker=marker, color=colour, linestyle="none", label=done)
        axes.set_ylim(-0.2, top + 0.5)
        axes.set_ylabel("ConfigMaps")
        axes.set_xlabel("seconds")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
        return picture.finish(drawn, _alt(run))


def _alt(run: AtWork) -> str:
    done = [sample.done for sample in run.samples if sample.done]
    counts = ", ".join(f"{done.count(what)} x {what}" for what in dict.fromkeys(done))
    last = run.samples[-1]
    return (
        f"Children of a Cache over {_tens(last.time_s - run.samples[0].time_s)} s with {counts}; "
        f"at the end {last.right} as asked and {last.wrong} not."
    )


def _tens(seconds: float) -> int:
    return round(seconds / 10) * 10
