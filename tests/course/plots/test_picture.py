"""Every picture has words and the same bytes on every run."""

import subprocess
import sys

import pytest

from course.project import PROJECT
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
def test_a_picture_repeats(draw):
    assert draw().svg == draw().svg


LOADED = """
import sys
from course.plots import picture
with picture.figure(6, 3) as drawn:
    drawn.subplots().plot([0, 1], [1, 2])
    print(picture.finish(drawn, "a line").svg[:4], *{"matplotlib", "numpy"} & sys.modules.keys())
"""


def test_a_picture_needs_nothing_compiled():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout.split() == ["<svg"]


def test_the_words_say_what_is_drawn():
    assert order().alt == (
        "Eviction order: new (Burstable, no statistics), then web (Burstable, priority 0, +2 MiB)."
        " Never: dns."
    )
    assert pressure().alt == "Available memory over 51 s. Evicted: web."


def test_a_notebook_gets_an_image_with_its_words_and_plain_text():
    bundle = order()._repr_mimebundle_()
    assert bundle["text/html"].startswith('<figure><img alt="Eviction order: new')
    assert bundle["text/plain"] == order().alt
