"""The small drawing library: what the pictures ask of it, as SVG."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from course.plots.svg import figure, patches, scale, text, ticker
from course.plots.svg.lines import Line2D

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn():
    return figure.Figure((6, 3))


def words(svg: str) -> list[str]:
    return [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def places(svg: str) -> list[tuple[float, float, float]]:
    """Return where words begin and end, and their baseline; words that are not turned."""
    out = []
    for each in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        if "transform" in each.attrib:
            continue
        x, wide = float(each.attrib["x"]), float(each.attrib["textLength"])
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[each.attrib["text-anchor"]]
        out.append((left, left + wide, float(each.attrib["y"])))
    return out


def test_a_line_goes_through_its_points(drawn):
    axes = drawn.subplots()
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 10)
    axes.set_axis_off()
    axes.plot([0, 10], [0, 10], color="#123456")
    line = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#123456"', drawn.svg())
    x0, y0, x1, y1 = map(float, line.groups())
    assert (x0, y1) == (figure.EDGE, figure.EDGE)
    assert (x1, y0) == (6 * 72 - figure.EDGE, 3 * 72 - figure.EDGE)


def test_the_first_limit_may_be_the_larger_one(drawn):
    axes = drawn.subplots()
    axes.set_ylim(5, 0)
    axes.text(0, 0, "above")
    axes.text(0, 5, "below")
    at = dict(zip(words(drawn.svg()), places(drawn.svg()), strict=True))
    assert at["above"][2] < at["below"][2]


@pytest.mark.parametrize(("where", "corner"), [("post", (1, 0)), ("pre", (0, 1))])
def test_steps_hold_their_value_up_to_a_point_or_from_it_on(drawn, where, corner):
    axes = drawn.subplots()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
    axes.step([0, 1], [0, 1], where=where, color="#123456")
    points = re.search(r'd="M([^"]+)" fill="none" stroke="#123456"', drawn.svg())[1].split("L")
    x, y = map(float, points[1].split())
    assert (x > 200, y < 100) == (bool(corner[0]), bool(corner[1]))


def test_bars_stand_on_their_ground_without_a_margin(drawn):
    axes = drawn.subplots()
    axes.bar([0, 1], [4, 2])
    assert axes.get_ylim()[0] == 0


def test_a_legend_has_what_has_a_label_once(drawn):
    axes = drawn.subplots()
    axes.bar([0, 1], [1, 2], label="bars")
    axes.plot([0, 1], [1, 2])
    axes.axhline(1, label="a line")
    axes.legend()
    assert words(drawn.svg())[-2:] == ["bars", "a line"]


def test_a_legend_below_all_panels_takes_handles(drawn):
    drawn.subplots(1, 2)
    drawn.legend(
        handles=[patches.Patch(label="an area", hatch="//"), Line2D([], [], marker="v", label="a mark")]
    )
    assert words(drawn.svg())[-2:] == ["an area", "a mark"]


def test_a_legend_below_a_panel_stays_on_the_page(drawn):
    axes = drawn.subplots()
    axes.bar([0, 1], [1, 2], label="an area")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.05))
    descent = 3
    assert places(drawn.svg())[-1][2] + descent <= 3 * 72


def test_a_title_keeps_the_distance_that_it_is_given(drawn):
    axes = drawn.subplots()
    axes.set_title("A title", pad=20)
    axes.text(0, axes.get_ylim()[1], "on the border", va="bottom")
    at = dict(zip(words(drawn.svg()), places(drawn.svg()), strict=True))
    assert at["on the border"][2] - at["A title"][2] > 15


def test_nothing_that_is_written_leaves_the_page(drawn):
    axes = drawn.subplots()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.text(1, 0.5, "words that begin at the right border")
    axes.text(0, 0.5, "words that end at the left border", ha="right")
    axes.set_yticks([0, 1], ["a long label", "another label that is long"])
    axes.set_title("A title")
    assert [place for place in places(drawn.svg()) if place[0] < -0.5 or place[1] > 6 * 72 + 0.5] == []


def test_panels_that_share_an_axis_have_its_labels_once(drawn):
    left, right = drawn.subplots(1, 2, sharey=True)
    left.set_yticks([1, 2], ["one", "two"])
    right.plot([0, 1], [1, 2])
    assert words(drawn.svg()).count("one") == 1


def test_a_second_panel_in_a_place_has_its_own_scale(drawn):
    axes = drawn.subplots()
    axes.set_ylim(0, 100)
    axes.set_xlabel("seconds")
    other = axes.twinx()
    other.set_ylim(0, 4)
    other.yaxis.set_major_locator(ticker.MaxNLocator(3, integer=True))
    said = words(drawn.svg())
    assert "100" in said
    assert "4" in said
    assert said.count("seconds") == 1


def test_words_are_escaped(drawn):
    drawn.subplots().text(0, 0, "<script> & co")
    assert "<script> & co" in words(drawn.svg())


def test_the_same_picture_is_the_same_text():
    def draw() -> str:
        drawn = figure.Figure((6, 3))
        axes = drawn.subplots()
        axes.bar([0, 1], [1, 2], hatch="xx", edgecolor="#000000")
        return drawn.svg()

    assert draw() == draw()


@pytest.mark.parametrize(
    ("low", "high", "most", "integer", "expected"),
    [
        (0, 10, 5, False, [0, 2, 4, 6, 8, 10]),
        (0, 1, 4, False, [0, 0.25, 0.5, 0.75, 1]),
        (0, 3, 9, True, [0, 1, 2, 3]),
        (0, 13, 8, True, [0, 2, 4, 6, 8, 10, 12]),
    ],
)
def test_ticks_are_round(low, high, most, integer, expected):
    assert scale.nice(low, high, most, integer=integer) == pytest.approx(expected)


def test_ticks_of_a_logarithmic_axis_are_powers_of_ten():
    axis = scale.Scale()
    axis.is_log, axis.low, axis.high = True, 1_000, 100_000
    assert [label for _, label in axis.marks(9)] == ["10³", "10⁴", "10⁵"]
    assert axis.share(10_000) == pytest.approx(0.5)


def test_ticks_have_the_decimals_that_they_need():
    assert scale.plainly([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert scale.plainly([-1, 0, 1]) == ["\N{MINUS SIGN}1", "0", "1"]


def test_the_longest_line_is_the_width():
    assert text.width("il\nmmm", 10) == text.width("mmm", 10) > text.width("il", 10)
    assert text.width("a", 10, "bold") > text.width("a", 10)


def test_an_axis_can_be_turned_over(drawn):
    axes = drawn.subplots()
    axes.set_ylim(0, 3)
    axes.invert_yaxis()
    assert axes.get_ylim() == (3, 0)


def test_labels_at_the_ends_of_neighbouring_axes_do_not_touch(drawn):
    left, right = drawn.subplots(1, 2)
    for panel in (left, right):
        panel.set_xlim(0, 10_000_000)
        panel.set_xticks([0, 10_000_000])
        panel.set_yticks([])
    spans = sorted(place[:2] for place in places(drawn.svg()))
    assert [a for a, b in pairwise(spans) if a[1] > b[0]] == []
    assert spans[-1][1] <= 6 * 72


def test_square_panels_stand_in_the_middle_of_their_places(drawn):
    panels = drawn.subplots(1, 3)
    for panel in panels:
        panel.set_xlim(0, 1)
        panel.set_ylim(0, 4)
        panel.set_aspect("equal")
        panel.set_axis_off()
    found = re.findall(r'<clipPath id="panel\d"><rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn.svg())
    middles = [float(x) + float(wide) / 2 for x, wide in found]
    assert middles[1] == pytest.approx(3 * 72, abs=0.02)
    assert middles[0] == pytest.approx(6 * 72 - middles[2], abs=0.02)


def test_an_open_mark_is_not_filled(drawn):
    axes = drawn.subplots()
    axes.plot([0], [0], "o", color="#123456", markerfacecolor="none")
    assert re.search('<circle [^>]* fill="none" stroke="#123456"', drawn.svg())


def test_what_nothing_would_draw_is_refused(drawn):
    with pytest.raises(TypeError, match="no picture has had fillstyle before"):
        drawn.subplots().plot([0], [0], fillstyle="none")


@pytest.mark.parametrize(("style", "pad"), [("round,pad=0.5", 5), ("square,pad=0.1", 1), ("square", 3)])
def test_the_ground_of_words_is_as_wide_as_its_style_says(drawn, style, pad):
    axes = drawn.subplots()
    axes.text(0, 0, "words", bbox={"boxstyle": style, "facecolor": "#123456"})
    ground = re.search(r'<rect [^>]*width="([\d.]+)"[^>]* fill="#123456"[^>]*>', drawn.svg())
    assert float(ground[1]) == pytest.approx(text.width("words", 10) + 2 * pad, abs=0.02)
    assert ("rx=" in ground[0]) == style.startswith("round")
