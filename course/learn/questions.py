"""Questions that a unit hands to later units, asked again when they are nearly forgotten.

A unit's `review.py` holds QUESTIONS, a tuple of them.  Asking again after a while is worth more than reading
again (spaced retrieval), so each question can be answered from memory, without its unit's text.
"""

from typing import NamedTuple


class Question(NamedTuple):
    """One question with its choices; `why` says in a sentence why the answer holds."""

    id: str
    text: str
    choices: tuple[str, ...]
    answer: str
    why: str

    def check(self) -> None:
        """Raise ValueError with one line when the question cannot be asked."""
        if len(self.choices) < 2 or len(set(self.choices)) != len(self.choices):
            raise ValueError(f"question {self.id}: it needs at least two choices, each once")
        if self.answer not in self.choices:
            raise ValueError(f"question {self.id}: its answer {self.answer!r} is none of its choices")
        if not (self.id and self.text and self.why):
            raise ValueError(f"question {self.id}: it needs an id, a text and a why")
