"""What later units ask again about operators."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "definition-alone",
        "You create a definition of a kind and an object of it, and no controller runs. What happens?",
        ("the object is stored, and nothing else", "the object is refused", "Pods are created for it"),
        "the object is stored, and nothing else",
        "A definition gives storage, validation and an address; what is to happen is a controller's work.",
    ),
    Question(
        "node-of-a-member",
        "The node of a StatefulSet's pod is lost for good. What does the StatefulSet do?",
        (
            "it waits: the pod stays Terminating",
            "it starts the pod on another node after five minutes",
            "it gives the pod's work to another member",
        ),
        "it waits: the pod stays Terminating",
        "Two pods of one name could write to one disk; it goes on when somebody says the node is dead.",
    ),
    Question(
        "generation-rises",
        "A kind has a status subresource. Which write raises metadata.generation?",
        ("a change of spec", "a change of status", "a change of labels", "any write"),
        "a change of spec",
        "Generation counts what a user wants; status goes through a door of its own and does not count.",
    ),
    Question(
        "transition-time",
        "A condition keeps its status and gets a new message. What happens to lastTransitionTime?",
        ("it stays", "it becomes now", "it is removed"),
        "it stays",
        "It says since when the status is what it is.",
    ),
    Question(
        "order-of-finalizer",
        "An operator rents something outside the cluster. When does it put its finalizer on the object?",
        ("before it rents", "after it has rented", "when the object is deleted"),
        "before it rents",
        "Between the two it can be killed or the object deleted, and then nobody would give the thing back.",
    ),
    Question(
        "killed-between",
        "An operator is killed right after it created a child. What does the next one know of it?",
        ("what the API server shows", "what its memory holds", "what the event said"),
        "what the API server shows",
        "Memory is empty after a start and the event is over: a child is found by its name or its owner.",
    ),
)
