"""The review questions with controls: a question's answer is shown when it has been answered."""

import hashlib
import html
from typing import Any

import ipywidgets

from course.learn.reviewing import Due, answered


class Cards:
    """Asks each question with radio buttons and a Check button of its own."""

    def __init__(self, asked: list[Due]) -> None:
        self.cards = [_card(number, due) for number, due in enumerate(asked, 1)]

    def display(self) -> None:
        """Show the questions in the cell that runs."""
        from IPython.display import display

        display(ipywidgets.VBox(self.cards))  # type: ignore[no-untyped-call]


def in_any_order(due: Due) -> list[str]:
    """Return the choices in an order that tells nothing, always the same; numbers stay in theirs."""
    choices = list(due.question.choices)
    if any(choice[:1].isdigit() for choice in choices):
        return choices
    return sorted(choices, key=lambda choice: hashlib.sha256(f"{due.key} {choice}".encode()).hexdigest())


def _card(number: int, due: Due) -> Any:
    question = ipywidgets.HTML(f"<b>{number}. {html.escape(due.question.text)}</b>")
    radio = ipywidgets.RadioButtons(
        options=in_any_order(due),
        value=None,
        description="Your answer",
        layout={"width": "max-content"},
        style={"description_width": "initial"},
    )
    check = ipywidgets.Button(description="Check", tooltip=f"Check the answer to question {number}")
    status = ipywidgets.HTML()

    def checked(_event: object = None) -> None:
        if radio.value is None:
            status.value = '<div role="status">Choose an answer first.</div>'
            return
        radio.disabled = check.disabled = True
        right = radio.value == due.question.answer
        note = answered(due, radio.value)
        verdict = "Right." if right else f"Not so: {html.escape(due.question.answer)}."
        more = f" {html.escape(due.question.why)} (unit {due.unit[:2]}) {html.escape(note)}"
        status.value = f'<div role="status"><b>{verdict}</b>{more}</div>'

    check.on_click(checked)
    return ipywidgets.VBox([question, radio, check, status])
