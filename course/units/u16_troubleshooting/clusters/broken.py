"""What a broken cluster is: something healthy, what spoils it, the diagnosis, and what proves a repair."""

from typing import Any, ClassVar, NamedTuple

from course.units.u16_troubleshooting.town import Town

Answer = tuple[str, str, str]
"""A diagnosis: the cause, the object as RESOURCE/NAMESPACE/NAME or RESOURCE/NAME, the field."""


class Link(NamedTuple):
    """A piece of evidence: `part` is symptom, object, condition, owner or field; what, and what it shows."""

    part: str
    what: str
    shows: str


class Allowed(NamedTuple):
    """Writes that a repair may make: to an object, or with `name` "" to any that it creates.

    `fields` are those that may differ afterwards.
    """

    verbs: tuple[str, ...]
    resource: str
    namespace: str
    name: str
    fields: tuple[str, ...] = ()


CHANGES = ("update", "patch")


class Broken:
    """One broken cluster; a subclass is a cause."""

    cause: ClassVar[str]
    symptom: ClassVar[str]
    """What somebody on call is told."""
    wait_s: ClassVar[float] = 40
    """How long it has been broken when it is looked at."""
    heals_s: ClassVar[float] = 60
    """How long after a repair everything stands again."""

    reaches_all: ClassVar[bool] = False
    """Whether it is felt in other namespaces, too."""

    def __init__(self, town: Town) -> None:
        self.town = town

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in what looks like this and is healthy."""

    @staticmethod
    def well(town: Town) -> None:
        """Put in what is well as long as this is not what is wrong."""

    def build(self) -> None:
        """Put in what will break, still healthy."""
        raise NotImplementedError

    def spoil(self) -> None:
        """Break it."""
        raise NotImplementedError

    def answer(self) -> Answer:
        """Return the diagnosis."""
        raise NotImplementedError

    def chain(self) -> list[Link]:
        """Return the evidence, from the symptom to the field."""
        raise NotImplementedError

    def flaw(self) -> str:
        """Return what does not work, or "" when it works and still guards what it guarded."""
        raise NotImplementedError

    def shows(self) -> bool:
        """Tell whether it can be seen that it is broken: asked again and again where time is real."""
        return self.is_broken()

    def is_broken(self) -> bool:
        """Tell whether it does not work; asked again and again, so it must not change anything."""
        return bool(self.flaw())

    def allowed(self) -> list[Allowed]:
        """Return the writes that repair it."""
        raise NotImplementedError

    def may_go(self) -> tuple[str, ...]:
        """Return what may be another object or gone after a repair, as RESOURCE/NAMESPACE/NAME."""
        return ()


Object = dict[str, Any]


def condition(obj: Object, kind: str) -> Object:
    """Return a condition of an object, an empty one where there is none."""
    found = (obj.get("status") or {}).get("conditions") or ()
    return next((one for one in found if one["type"] == kind), {"type": kind, "status": "", "reason": ""})


def shown(obj: Object, kind: str) -> str:
    """Write a condition as "Type=Status, Reason"."""
    one = condition(obj, kind)
    return f"{kind}={one['status']}, {one.get('reason', '')}"
