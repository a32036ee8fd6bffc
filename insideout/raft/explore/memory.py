"""Asking a pure function each question once: in grading every call crosses to another process."""

import json
from collections.abc import Callable
from typing import Any


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with its answers remembered; arguments and answers are plain data."""
    answers: dict[str, str] = {}

    def ask(*args: Any) -> Any:
        question = json.dumps(args)
        if question not in answers:
            answers[question] = json.dumps(function(*args))
        return json.loads(answers[question])

    return ask
