"""Golden records: what a running Kubernetes v1.36.2 control plane did.

They are facts: where the course, its cluster or an exercise disagrees with a record, the record is right.
README.md beside this file says how each was taken and how to read it.
"""

import json
from importlib import resources
from typing import Any


def read(name: str) -> list[dict[str, Any]]:
    """Return the rows of the record `name`, such as "qos" for qos.jsonl.

    A record kept as one JSON document is one row.  Raises KeyError when there is no such record.
    """
    folder = resources.files(__name__)
    lines = folder / f"{name}.jsonl"
    if lines.is_file():
        return [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    whole = folder / f"{name}.json"
    if whole.is_file():
        return [json.loads(whole.read_text("utf-8"))]
    raise KeyError(f"no record {name!r} in insideout/records")
