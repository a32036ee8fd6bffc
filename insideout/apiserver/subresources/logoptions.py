"""PodLogOptions: how the query of a log is read, and which ones are refused.

Source: pkg/apis/core/validation/validation.go:ValidatePodLogOptions@v1.36.2, with PodLogsQuerySplitStreams
off, as it is by default.
"""

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import go_time
from insideout.apiserver.parameters import first
from insideout.apiserver.requests import Query
from insideout.apiserver.status import Cause, bad_request, invalid

KIND = Kind(group="", version="v1", kind="PodLogOptions", plural="podlogoptions", singular="podlogoptions")
_LEAST = {
    "tailLines": (0, "greater than or equal to 0"),
    "limitBytes": (1, "greater than 0"),
    "sinceSeconds": (1, "greater than 0"),
}
"""The least value of a number, and how that is said."""
_OTHERS = ("follow", "previous", "timestamps")


def read(query: Query) -> dict[str, str]:
    """Return the options that are given, times in UTC to the second; 400 for what is no number or no time."""
    given = {name: first(query, name) for name in (*_LEAST, *_OTHERS) if first(query, name)}
    for name in _LEAST:
        try:
            int(given.get(name, "0"))
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{given[name]}": invalid syntax') from None
    since = first(query, "sinceTime")
    if since not in ("", "null"):
        try:
            given["sinceTime"] = go_time.normalize(since)
        except ValueError as problem:
            raise bad_request(str(problem)) from None
    return given


def check(pod: str, query: Query) -> dict[str, str]:
    """Return the options that are given for the log of `pod`; 422 when they make no sense."""
    given = read(query)
    causes = []
    for name, (least, bound) in _LEAST.items():
        if name == "sinceSeconds" and {name, "sinceTime"} <= given.keys():
            message = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
            causes.append(Cause("FieldValueForbidden", "[]", message))
        elif int(given.get(name, least)) < least:
            message = f"Invalid value: {int(given[name])}: must be {bound}"
            causes.append(Cause("FieldValueInvalid", name, message))
    if "stream" in query:
        causes.append(Cause("FieldValueForbidden", "stream", "Forbidden: may not be specified"))
    if causes:
        raise invalid(KIND, pod, causes)
    return given
