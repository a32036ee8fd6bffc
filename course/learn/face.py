"""The controls of a prediction in JupyterLab: labelled, reached with Tab, used with the keyboard alone.

Native inputs only: radio buttons, check boxes, drop-down lists, a text field.  What happened is said in a
status line, which screen readers read out.
"""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets

from course.learn.answers import Each, Many, NotAnAnswer, Number, One, Order
from course.learn.shown import preformatted

Part = tuple[list[Any], Callable[[], Any]]
"""The controls, and what gives the answer that stands in them."""
WIDE = {"description_width": "initial"}
CHOOSE = "choose"


class Face:
    """Asks for one prediction; `prediction` hears what is committed."""

    def __init__(self, prediction: Any) -> None:
        self._prediction = prediction
        self.controls, self._given = _controls(prediction.kind, prediction.answer)
        self.commit = ipywidgets.Button(description="Commit", tooltip="Commit to this answer")
        self.status = ipywidgets.HTML()
        self.commit.on_click(self._commit)

    def box(self, lines: list[str]) -> Any:
        """Return the widget, with `lines` above the controls."""
        question, *rest = lines
        above = f'<div style="font-weight: 600">{html.escape(question)}</div>{preformatted(" ".join(rest))}'
        return ipywidgets.VBox([ipywidgets.HTML(above), *self.controls, self.commit, self.status])

    def display(self, lines: list[str]) -> None:
        """Show the widget in the cell that runs."""
        from IPython.display import display

        display(self.box(lines))  # type: ignore[no-untyped-call]

    def _commit(self, _event: object = None) -> None:
        prediction = self._prediction
        try:
            answer = prediction.kind.read(self._given())
        except NotAnAnswer as problem:
            self.say(f"Not yet: {problem}.")
            return
        prediction.commit(answer)
        notes = prediction.take_notes()
        if prediction.revealed:
            self.say(" ".join(notes) or "It has been revealed; your answer stays.")
            return
        kept = f"Kept: you said {prediction.kind.show(answer)}. You can change it until the reveal."
        self.say(" ".join([kept, *notes]))

    def say(self, text: str) -> None:
        """Say what happened, in the status line."""
        self.status.value = f'<div role="status">{html.escape(text)}</div>'


def _controls(kind: Any, answer: Any) -> Part:
    if isinstance(kind, One):
        return _one(kind, answer)
    if isinstance(kind, Many):
        return _many(kind, answer)
    if isinstance(kind, Each):
        return _each(kind, answer)
    if isinstance(kind, Order):
        return _order(kind, answer)
    return _number(kind, answer)


def _one(kind: One, answer: Any) -> Part:
    radio = ipywidgets.RadioButtons(
        options=[(str(choice), choice) for choice in kind.choices],
        value=answer,
        description="Your answer",
        layout={"width": "max-content"},
        style=WIDE,
    )
    return [radio], lambda: radio.value


def _many(kind: Many, answer: Any) -> Part:
    boxes = [
        ipywidgets.Checkbox(description=str(choice), value=choice in (answer or ()), indent=False)
        for choice in kind.choices
    ]

    def given() -> list[Any]:
        return [choice for choice, box in zip(kind.choices, boxes, strict=True) if box.value]

    return list(boxes), given


def _each(kind: Each, answer: Any) -> Part:
    lists = [_drop_down(str(thing), kind.choices, (answer or {}).get(thing)) for thing in kind.each]
    return list(lists), lambda: dict(zip(kind.each, (each.value for each in lists), strict=True))


def _order(kind: Order, answer: Any) -> Part:
    lists = [
        _drop_down(f"{place + 1}.", kind.things, answer[place] if answer else None)
        for place in range(len(kind.things))
    ]
    return list(lists), lambda: [each.value for each in lists]


def _number(kind: Number, answer: Any) -> Part:
    text = ipywidgets.Text(
        value="" if answer is None else str(answer),
        placeholder=kind.asks,
        description=f"Your answer{' in ' + kind.unit if kind.unit else ''}",
        style=WIDE,
    )
    return [text], lambda: text.value


def _drop_down(label: str, choices: list[Any], chosen: Any) -> Any:
    return ipywidgets.Dropdown(
        options=[(CHOOSE, "?"), *((str(choice), choice) for choice in choices)],
        value="?" if chosen is None else chosen,
        description=label,
        layout={"width": "max-content"},
        style=WIDE,
    )


def ask_why(prediction: Any) -> None:
    """Ask in a text field why a prediction was wrong, and keep the answer."""
    from IPython.display import display

    words = ipywidgets.Textarea(
        placeholder="I thought that ...",
        description="What did you think?",
        layout={"width": "38em"},
        style=WIDE,
    )
    keep = ipywidgets.Button(description="Keep", tooltip="Keep this sentence")
    status = ipywidgets.HTML()

    def kept(_event: object = None) -> None:
        try:
            prediction.because(words.value)
        except NotAnAnswer:
            status.value = '<div role="status">Write a sentence first.</div>'
        else:
            status.value = '<div role="status">Kept.</div>'

    keep.on_click(kept)
    display(ipywidgets.VBox([words, keep, status]))  # type: ignore[no-untyped-call]
