"""What a value violates in its schema, and the cause that the API server makes of it.

Source: k8s.io/kube-openapi/pkg/validation/errors/schema.go,
k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go@v1.36.2.
"""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from insideout.apiserver.objects import field as causes
from insideout.apiserver.status import Cause


class Failure(NamedTuple):
    """One violated keyword: where, in which words, and the value to show."""

    keyword: str
    path: str
    message: str
    value: Any = ""
    limit: Any = None


@dataclass
class Result:
    """What is wrong with a value, and how many checks it passed: a failed anyOf reports the best branch."""

    failures: list[Failure] = field(default_factory=list)
    passed: int = 0

    def add(self, *failures: Failure) -> None:
        """Add failures; one that says the same as another is left out."""
        for failure in failures:
            if all(failure.message != each.message for each in self.failures):
                self.failures.append(failure)

    def merge(self, other: "Result") -> None:
        """Add all that another part of the walk found."""
        self.add(*other.failures)
        self.passed += other.passed


def cause_of(prefix: str, failure: Failure) -> Cause:
    """Return the cause of a failure below the path `prefix`."""
    inner = failure.path.removeprefix(".")
    path = f"{prefix}.{inner}" if prefix and inner else prefix or inner or "<nil>"
    match failure.keyword:
        case "required":
            return causes.required(path)
        case "enum":
            shown = [each if isinstance(each, str) else compact(each) for each in failure.limit]
            return causes.not_supported(path, failure.value, shown)
        case "maxLength":
            return causes.too_long(path, failure.limit)
        case "maxItems" | "maxProperties":
            return causes.too_many(path, failure.value, failure.limit)
        case "type" | "format":
            return causes.type_invalid(path, failure.value, failure.message)
        case "combination":  # says its path itself
            return causes.invalid(prefix or "<nil>", "", failure.message)
        case _:
            return causes.invalid(path, "" if failure.value is None else failure.value, failure.message)


def compact(value: Any) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
