"""What later units ask again about StatefulSets."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "first-updated",
        "A StatefulSet of three pods gets a new image. Which pod is replaced first?",
        ("db-0", "db-2", "all at once", "the one with the fewest connections"),
        "db-2",
        "Creation goes up, updates go down from the highest ordinal.",
    ),
    Question(
        "after-the-revert",
        "An update broke db-2, and the template is reverted. The set is OrderedReady. What happens to db-2?",
        ("it is replaced at once", "nothing, until somebody deletes it", "it is replaced after a timeout"),
        "nothing, until somebody deletes it",
        "The sync stops at the first pod that is not available and never reaches the update.",
    ),
    Question(
        "parallel-update",
        "A Parallel set is updated, and nothing is broken. How many pods are replaced at a time?",
        ("one", "a quarter", "all"),
        "one",
        "Parallel is about creating and scaling down; updates go one at a time all the same.",
    ),
    Question(
        "partition-start",
        "ordinals.start is 5, replicas 4, partition 2. Which pods are updated?",
        ("db-7 and db-8", "db-5 to db-8", "db-2 and above", "none"),
        "db-7 and db-8",
        "The partition counts from the first ordinal: 5 + 2 and above.",
    ),
    Question(
        "scaled-claims",
        "A set with default settings is scaled from 3 to 1. What becomes of the claims of db-1 and db-2?",
        ("they stay", "they are deleted with their pods", "they are deleted with the set"),
        "they stay",
        "The default is Retain for both: claims have no owner and nobody collects them.",
    ),
)
