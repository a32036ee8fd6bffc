"""What later units ask again about lists and watches."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "too-old-watch",
        "A watch names a version that the API server no longer has. How is it told?",
        ("with status 410", "with an ERROR event of code 410 in a stream of status 200", "not at all"),
        "with an ERROR event of code 410 in a stream of status 200",
        "The stream has begun by then; a list is refused with status 410.",
    ),
    Question(
        "version-alone",
        "A list names a resourceVersion and nothing else. What does it show?",
        ("exactly that version", "that version or a later one", "the latest state"),
        "that version or a later one",
        "A version alone is a lower bound; with resourceVersionMatch=Exact, or a limit, it is exact.",
    ),
    Question(
        "after-410",
        "A reflector's watch ends with 410. What does it ask for next?",
        ("a list at version 0", "a list at the last version it saw", "a watch from now on"),
        "a list at the last version it saw",
        "At 0 a cache that lags could take its copy back in time; a watch from now on would miss something.",
    ),
    Question(
        "added-while-working",
        "A key is added to a work queue while a worker is at work on it. What becomes of it?",
        ("it is dropped", "another worker gets it at once", "it is queued again when that work is done"),
        "it is queued again when that work is done",
        "So nothing is handled twice at once, and no change is missed.",
    ),
    Question(
        "every-state",
        "Is a controller told every state that an object passes through?",
        ("yes, in order", "no: after a relist it sees only the state now", "yes, but in any order"),
        "no: after a relist it sees only the state now",
        "One stream is complete and in order; over a break states in between can be lost.",
    ),
)
