"""A picture with something to turn: labelled parts where somebody is there, one picture where nobody is."""

import pytest

from course.plots.control import someone_is_there, turn
from course.plots.picture import Picture


def draw(replicas: int, strategy: str) -> Picture:
    return Picture(f"<svg>{replicas} {strategy}</svg>", f"{replicas} pods with {strategy}")


@pytest.fixture
def control():
    return turn(draw, replicas=range(1, 6), strategy=["Recreate", "RollingUpdate"], still={"replicas": 3})


def test_the_build_gets_the_still_picture_whose_missing_values_are_the_first(control):
    assert control.picture().alt == "3 pods with Recreate"


def test_numbers_become_a_labelled_slider_and_words_a_labelled_choice(control):
    slider, choice, shown = control.open().children
    assert (type(slider).__name__, slider.description, slider.value) == ("SelectionSlider", "replicas", 3)
    assert (type(choice).__name__, choice.description) == ("Dropdown", "strategy")
    assert 'alt="3 pods with Recreate"' in shown.value


def test_turning_draws_again(control):
    slider, choice, shown = control.open().children
    slider.value, choice.value = 5, "RollingUpdate"
    assert 'alt="5 pods with RollingUpdate"' in shown.value


def test_text_is_shown_as_it_stands():
    control = turn(lambda n: f"{n} < 3", n=[1, 2])
    assert control.open().children[-1].value == "<pre>1 &lt; 3</pre>"


def test_nobody_is_there_outside_a_notebook():
    assert not someone_is_there()
