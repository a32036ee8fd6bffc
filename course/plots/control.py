"""A picture with something to turn: sliders and choices in JupyterLab, a still picture where nobody is there.

    turn(draw, replicas=range(1, 11), strategy=["Recreate", "RollingUpdate"], still={"replicas": 4})

`draw` is called with one value for each name and returns a `Picture`, or any text.  Numbers become a slider,
words a choice; both are labelled with their name, reached with Tab and moved with the arrow keys.  The build,
nbval, print and viewers show the picture of `still`, whose missing values are the first ones.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course.learn.frontend import someone_is_there
from course.plots.picture import Picture

__all__ = ["Control", "someone_is_there", "turn"]

Draw = Callable[..., Picture | str]


def turn(draw: Draw, *, still: Mapping[str, Any] | None = None, **turns: Sequence[Any]) -> "Control":
    """Return a control over the arguments of `draw`; the last expression of a cell shows it."""
    return Control(draw, turns, still or {})


class Control:
    """What `turn` returns: `open()` is the widget, `picture(**values)` one picture."""

    def __init__(self, draw: Draw, turns: Mapping[str, Sequence[Any]], still: Mapping[str, Any]) -> None:
        self._draw = draw
        self._turns = {name: list(values) for name, values in turns.items()}
        self._still = {name: still.get(name, values[0]) for name, values in self._turns.items()}

    def picture(self, **values: Any) -> Picture | str:
        """Return what is drawn for these values; a missing one is that of the still picture."""
        return self._draw(**{**self._still, **values})

    def open(self) -> Any:
        """Return the widget: a slider or a choice for each name, and the picture below them."""
        import ipywidgets

        shown = ipywidgets.HTML()
        parts = {name: self._part(name, values) for name, values in self._turns.items()}

        def redraw(_: object = None) -> None:
            shown.value = _as_html(self.picture(**{name: part.value for name, part in parts.items()}))

        for part in parts.values():
            part.observe(redraw, names="value")
        redraw()
        return ipywidgets.VBox([*parts.values(), shown])

    def _part(self, name: str, values: list[Any]) -> Any:
        import ipywidgets

        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        make = ipywidgets.SelectionSlider if numbers else ipywidgets.Dropdown
        more = {"continuous_update": False} if numbers else {}
        return make(
            options=values,
            value=self._still[name],
            description=name.replace("_", " "),
            style={"description_width": "initial"},
            **more,
        )

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.open() if someone_is_there() else self.picture())  # type: ignore[no-untyped-call]


def _as_html(drawn: Picture | str) -> str:
    if isinstance(drawn, Picture):
        return drawn.html()
    return f"<pre>{html.escape(drawn)}</pre>"
