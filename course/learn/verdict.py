"""What a reveal says: right or wrong, the difference, and why."""

import html
from typing import Any

from course.learn.answers import Kind
from course.learn.shown import show

COLOURS = {True: "var(--jp-success-color1, #2e7d32)", False: "var(--jp-error-color1, #c62828)"}


class Verdict:
    """The judgement of one answer; of the default where there is no answer."""

    def __init__(self, kind: Kind, answer: Any, default: Any, truth: Any, why: str) -> None:
        self.truth = truth
        self._kind, self._why, self._question = kind, why, ""
        self._is_default = answer is None
        self._judged = default if answer is None else answer
        self.right = kind.right(self._judged, truth)

    def ask_why(self) -> None:
        """Ask at the end why it was missed."""
        self._question = 'What did you think? Keep one sentence: .because("...") on this prediction.'

    def lines(self) -> list[str]:
        """Return the verdict as text, a line each."""
        said = self._kind.show(self._judged)
        start = f"no prediction yet; the default is {said}" if self._is_default else f"you said {said}"
        if self.right:
            exact = "" if self._judged == self.truth else f" (it is {self._kind.show(self.truth)})"
            return [f"{start}: right{exact}"]
        difference = self._kind.difference(self._judged, self.truth)
        if parts := self._kind.parts(self._judged, self.truth):
            start = "no prediction yet; the default has" if self._is_default else "your prediction has"
            start = f"{start} {sum(parts)} of {len(parts)} right"
            return [start, *(f"  {each}" for each in difference)]
        return [f"{start}: wrong, it is {self._kind.show(self.truth)}", *(f"  {each}" for each in difference)]

    def show(self, notes: list[str], because: str) -> None:
        """Show it, with notes and the learner's own words about a miss."""
        first, *difference = self.lines()
        after = [self._why] if self._why else []
        after += [f"Your words: {because}"] if because else []
        after += [self._question] if self._question else []
        colour = COLOURS[self.right]
        parts = [f'<div style="font-weight: 600">{html.escape(first)}</div>']
        if difference:
            rows = html.escape("\n".join(line.strip() for line in difference))
            parts.append(f'<pre style="margin: 0.3em 0">{rows}</pre>')
        parts += [f"<div>{html.escape(line)}</div>" for line in [*after, *notes]]
        style = f"border-left: 4px solid {colour}; padding-left: 0.7em; max-width: 60em"
        show("\n".join([first, *difference, *after, *notes]), f'<div style="{style}">{"".join(parts)}</div>')
