"""Turns the errors of cells that need the course's own components into a note.

A lesson's run cells use the package's plots, records and components, which the grader does not have; so do
the cells after them that use what they define.  None of it is the learner's mistake and none of it costs
points, so their feedback should not show a red error for each.  An answer that needs them does cost points,
and its note says so.
"""

import re

from course.grading import names
from course.sandbox.told import Output

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


class Absences:
    """The names that cells would have defined, had they been able to run; grows from cell to cell."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def explain(self, source: str, outputs: list[Output], *, is_answer: bool = False) -> list[Output]:
        """Return the outputs of a cell, its error replaced by a note if something absent caused it."""
        if not outputs or outputs[-1]["kind"] != "error":
            return outputs
        error = outputs[-1]
        undefined = _UNDEFINED.fullmatch(error["message"])
        if error["name"] == "NotInGrader":
            why = error["message"].split(":")[0]
        elif error["name"] == "NameError" and undefined and undefined[1] in self._names:
            why = undefined[1]
        elif self._names and not is_answer:
            note = "(This cell gives no points. A cell above that it needs may not have run to its end.)\n"
            return [*outputs, {"kind": "stream", "name": "stdout", "text": note}]
        else:
            return outputs
        self._names |= names.defined(source)
        if is_answer:
            words = (
                f"(Not run to its end while grading: {why} is not there: an answer must not need it, "
                "and the tests miss what this cell defines after it.)"
            )
        else:
            words = f"(Not run to its end while grading, which costs nothing: {why} is not there.)"
        return [*outputs[:-1], {"kind": "stream", "name": "stdout", "text": words + "\n"}]
