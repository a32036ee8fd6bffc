"""What later units ask again about QoS classes."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "limits-only",
        "A pod's only container has limits for cpu and memory and no requests. Which QoS class does it get?",
        ("Guaranteed", "Burstable", "BestEffort"),
        "Guaranteed",
        "A missing request takes the limit, so requests equal limits.",
    ),
    Question(
        "one-sidecar",
        "Of two containers one has equal requests and limits for cpu and memory, the other has no resources. "
        "Which class?",
        ("Guaranteed", "Burstable", "BestEffort"),
        "Burstable",
        "Every container must limit both cpu and memory for Guaranteed; something is requested, so it is not "
        "BestEffort.",
    ),
    Question(
        "evicted-first",
        "A node runs out of memory. What does the kubelet compare first when it ranks pods for eviction?",
        ("the QoS class", "whether a pod uses more than it requests", "the priority", "the memory used"),
        "whether a pod uses more than it requests",
        "Then comes the priority, then how far the usage is above the request; the class is not looked at.",
    ),
    Question(
        "kernels-choice",
        "How does the QoS class reach the kernel's own out-of-memory killer?",
        ("through oom_score_adj", "through the eviction order", "through the pod's priority", "not at all"),
        "through oom_score_adj",
        "The kubelet computes it from the class and, for Burstable pods, from the memory request.",
    ),
    Question(
        "same-priority",
        "Why does the sentence that BestEffort pods are evicted first often seem true?",
        (
            "the kubelet sorts by class",
            "with equal priorities they are always above their request of nothing",
            "they are the largest",
        ),
        "with equal priorities they are always above their request of nothing",
        "With different priorities a BestEffort pod can outlive Burstable ones.",
    ),
)
