"""When a CronJob is due: the last time that has come and has no Job yet, and when to look again.

Source: pkg/controller/cronjob/utils.go@v1.36.2.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insideout.apimachinery import cron, timestamps
from insideout.client import Object

LATE_S = 0.1
"""How long after the time it is looked: clocks differ a little."""
MANY_MISSED = 100


class Due(NamedTuple):
    """`time` is the latest time that has come since `since`, None for none; `missed` is how many have."""

    since: datetime
    time: datetime | None
    missed: int


def zone_of(cron_job: Object) -> tzinfo:
    """Return the time zone of a CronJob's schedule."""
    name = cron_job["spec"].get("timeZone")
    return ZoneInfo(name) if name else UTC


def due(cron_job: Object, schedule: cron.Schedule, now: datetime, *, in_time: bool) -> Due:
    """Return what is due now; with `in_time`, nothing from before the starting deadline."""
    metadata, spec = cron_job["metadata"], cron_job["spec"]
    last = (cron_job.get("status") or {}).get("lastScheduleTime") or metadata["creationTimestamp"]
    since, zone = timestamps.parse(last), zone_of(cron_job)
    if in_time and spec.get("startingDeadlineSeconds") is not None:
        since = max(since, now - timedelta(seconds=spec["startingDeadlineSeconds"]))
    first = schedule.after(since, zone)
    if first is None or now < first:
        return Due(since, None, 0)
    second = schedule.after(first, zone)
    if second is None or now < second:
        return Due(since, first, 0)
    between = second - first
    missed = (now - first) // between + 1
    # Two steps back from an estimate: schedules are not all regular.
    found, latest = schedule.after(first + between * (missed - 2), zone), None
    while found is not None and found <= now:
        found, latest = schedule.after(found, zone), found
    return Due(since, latest, missed)


def next_look_s(cron_job: Object, schedule: cron.Schedule, now: datetime) -> float | None:
    """Return in how many seconds a CronJob is to be looked at again, None for never."""
    found = due(cron_job, schedule, now, in_time=False)
    base = found.time or (now if found.missed else found.since)
    following = schedule.after(base, zone_of(cron_job))
    return None if following is None else (following - now).total_seconds() + LATE_S
