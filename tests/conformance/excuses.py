"""What a real control plane may answer otherwise than the records say, by place, and why.

The embedded cluster has no excuse.  The records are of v1.36.2; what 1.34 says otherwise was seen with
v1.34.9, and is excused on that minor version only.
"""

from collections.abc import Mapping

_PATH = "the text has the path of a source file, as the program's builder had it"
# Asked only where the server's cache is behind etcd, so some of these differ now and then.
_PROGRESS = "an etcd before 3.4.31 or 3.5.13 cannot be asked for progress, which the record's could"
_RESTARTED = "the record's servers were restarted before: its watch cache no longer held revision 1"

ALWAYS: Mapping[str, str] = {
    "field-validation[12]": _PATH,
    "media[4]": _PATH,
    "list-refused[15]": _PROGRESS,
    **{f"watch-start[{step}]": _PROGRESS for step in (4, 5)},
    **{f"watch-list[{step}]": _PROGRESS for step in (3, 4, 5, 6, 7, 8, 14)},
    "watch-refused[3]": _RESTARTED,
}

_VALUE = "1.34 names the type where 1.36 shows the value that broke the rule"

BY_VERSION: Mapping[str, Mapping[str, str]] = {
    "1.34": {
        "table[1]": "1.34 describes the column Selector in one sentence",
        "jobs[3]": "1.34 names spec.template, 1.36 the field spec.template.spec in it",
        "autoscalers[3]": "to 1.34 a maxReplicas of 0 is invalid, to 1.36 it is missing",
        "media[27]": "it is another version",
        "schema-validation[6]": "1.34 has two causes; 1.36 adds the format that it looked for",
        **{f"cel-rules[{step}]": _VALUE for step in (3, 4, *range(6, 13))},
        **{f"cel-transitions[{step}]": _VALUE for step in (2, 5, 6, 7, 9, 12, 14)},
        "ratcheting[9]": _VALUE,
    }
}
"""By minor version, such as "1.34"."""


def excuses(backend: str, version: str) -> Mapping[str, str]:
    """Return what may differ on a backend, by place; `version` is what the server says, such as "v1.34.3"."""
    if backend != "controlplane":
        return {}
    minor = ".".join(version.lstrip("v").split(".")[:2])
    return {**ALWAYS, **BY_VERSION.get(minor, {})}
