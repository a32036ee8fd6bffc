"""What later units ask again about Services and slices."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "unready-pod",
        "A pod behind a Service fails its readiness probe. What happens to its endpoint in the slice?",
        ("it is removed", "it stays, with ready: false", "the whole slice is replaced", "nothing"),
        "it stays, with ready: false",
        "A slice lists every pod that matches and has an address; conditions tell them apart.",
    ),
    Question(
        "all-terminating",
        "All pods of a Service are terminating and still serve. What does kube-proxy do with a connection?",
        ("it refuses it", "it drops it", "it sends it to one of them", "it waits for a new pod"),
        "it sends it to one of them",
        "With no ready endpoint anywhere, those that are serving and terminating are used.",
    ),
    Question(
        "partial-hints",
        "Four endpoints are ready, three have a hint for a zone. Which does a node in that zone use?",
        ("the three", "those hinted for its zone", "all four", "none"),
        "all four",
        "Hints count only when every ready endpoint has one; else the hinted ones would be overloaded.",
    ),
    Question(
        "where-new-ones-go",
        "Two slices of 99 endpoints each, limit 100; two new pods come. What is written?",
        ("both slices", "one of them twice", "one new slice", "all slices anew"),
        "one new slice",
        "What remains must fit whole into one untouched slice; a slice need not be full.",
    ),
    Question(
        "flip-size",
        "One of 5,000 pods turns unready. How much of the Service is each node sent?",
        ("the one endpoint", "its slice of 100", "all slices", "all endpoints"),
        "its slice of 100",
        "A watch sends whole objects; slices are small objects, and that is all that they are for.",
    ),
    Question(
        "by-hand",
        "A Service without a selector, and Endpoints written by hand. How does kube-proxy learn of them?",
        (
            "it reads the Endpoints",
            "a controller mirrors them into slices",
            "it cannot",
            "through the Service's annotations",
        ),
        "a controller mirrors them into slices",
        "kube-proxy watches Services and EndpointSlices only.",
    ),
)
