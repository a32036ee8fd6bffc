"""The picture of what a client saw of releases."""

from course.units.u08_rollouts.plots.releases import plot_releases, say
from insideout.network.caller import Seen

OUTAGE = [
    *(Seen(n / 2, "v1", "", 2) for n in range(4)),
    *(Seen(n / 2, "", "timeout", 0) for n in range(4, 6)),
    *(Seen(n / 2, "v2", "", 2) for n in range(6, 11)),
]
MIXED = [Seen(n / 2, "v1" if n % 2 else "v2", "", 3) for n in range(11)]


def test_the_words_say_errors_mixed_versions_and_capacity():
    assert say({"Recreate": OUTAGE, "Canary": MIXED}) == (
        "Recreate: 2 of 11 requests failed, both versions answered for 0 s, ready pods between 0 and 2. "
        "Canary: 0 of 11 requests failed, both versions answered for 4 s, ready pods between 3 and 3."
    )


def test_a_picture_has_a_panel_for_each_release_and_repeats():
    releases = {"Recreate": OUTAGE, "Canary": MIXED, "third": OUTAGE}
    picture = plot_releases(releases, released_s=2)
    assert picture.svg == plot_releases(releases, released_s=2).svg
    assert picture.alt == say(releases)
