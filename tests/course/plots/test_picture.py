"""Every picture has words, the same bytes on every run, and leaves the learner's settings alone."""

import matplotlib
import pytest

from course.units.u06_qos.plots.eviction import plot_order
from course.units.u06_qos.plots.pressure import Sample, plot_pressure
from insideout.kubelet.eviction import PodMemory, rank_memory

Mi = 2**20
PODS = [
    PodMemory("web", 0, 3 * Mi, Mi),
    PodMemory("dns", 2_000_000_000, Mi, 0, True),
    PodMemory("new", 0, None, 0),
]


def order():
    names = [pod.name for pod in rank_memory(PODS) if not pod.critical]
    return plot_order(PODS, names, dict.fromkeys(["web", "dns", "new"], "Burstable"))


def pressure():
    falling = [Sample(second, (300 - 7 * second) * Mi, (), False) for second in range(30)]
    return plot_pressure([*falling, Sample(30, 290 * Mi, ("web",), True), Sample(51, 200 * Mi, (), True)])


@pytest.mark.parametrize("draw", [order, pressure])
def test_a_picture_repeats_whatever_the_learner_set(draw):
    first = draw()
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": None}):
        second = draw()
        assert matplotlib.rcParams["font.size"] == 30
    assert first.svg == second.svg


def test_the_words_say_what_is_drawn():
    assert order().alt == (
        "Eviction order: new (Burstable, no statistics), then web (Burstable, priority 0, +2 MiB)."
        " Never: dns."
    )
    assert pressure().alt == "Available memory over 51 s. Evicted: web at 30 s."


def test_a_notebook_gets_an_image_with_its_words_and_plain_text():
    bundle = order()._repr_mimebundle_()
    assert bundle["text/html"].startswith('<figure><img alt="Eviction order: new')
    assert bundle["text/plain"] == order().alt
