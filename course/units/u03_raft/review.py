"""What later units ask again about Raft."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "even-group",
        "How many failures does a Raft group of four survive?",
        ("0", "1", "2", "3"),
        "1",
        "A majority of four is three. A fourth member adds no safety over three.",
    ),
    Question(
        "whose-term",
        "An entry of an older term is on a majority of the members. May the leader count it as committed?",
        ("yes, a majority is enough", "only with an entry of its own term after it", "only after a snapshot"),
        "only with an entry of its own term after it",
        "An entry of an older term can still be overwritten; one of its own term settles all before.",
    ),
    Question(
        "isolated-leader",
        "A leader is cut off with a minority and clients keep writing to it. What grows?",
        ("nothing", "its log", "its log and its commit index"),
        "its log",
        "It appends what it is told and commits nothing without a majority.",
    ),
    Question(
        "two-leaders",
        "Can two members lead at the same time?",
        ("never", "yes, in different terms", "yes, also in one term"),
        "yes, in different terms",
        "In one term each member has one vote, so one wins. An old leader may not know of the new term.",
    ),
    Question(
        "stale-read",
        "Which read from etcd may return an old value?",
        ("a serializable one", "a linearizable one", "both", "neither"),
        "a serializable one",
        "A member answers it from its own copy. A linearizable one takes proof that the leader still leads.",
    ),
)
