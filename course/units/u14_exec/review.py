"""What later units ask again about exec."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "verbs",
        "A user may get pods/exec and nothing else there. Does a WebSocket exec pass the API server (v1.36)?",
        ("yes", "no, create is missing", "only for kubectl", "only without a terminal"),
        "no, create is missing",
        "Since v1.35 a stream that begins with a GET needs create too: reading must not run commands.",
    ),
    Question(
        "exit-code",
        "Where does kubectl exec get the command's exit code from?",
        (
            "the WebSocket's close code",
            "the HTTP status",
            "a Status on channel 3",
            "the last line of output",
        ),
        "a Status on channel 3",
        "A Failure with reason NonZeroExitCode has a cause ExitCode whose message is the number.",
    ),
    Question(
        "half-close",
        "In v5, what does the frame [255, 0] say?",
        ("the stream is over", "nothing more on standard input", "the exit code is 0", "an error"),
        "nothing more on standard input",
        "It closes one channel. Without it, cat in a container would wait for ever.",
    ),
    Question(
        "who-looks",
        "exec into a pod whose phase is Succeeded: who refuses?",
        ("kubectl", "the API server", "the kubelet", "nobody"),
        "the kubelet",
        "The API server looks at neither phase nor command; the kubelet has no such running container.",
    ),
)
