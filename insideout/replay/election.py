"""Plays the recorded election of schedulers that start, end in good order and are killed.

Which second a candidate looks at the Lease is chance, so the order of what the Lease says is compared exactly
and times by their bounds: renewals RENEW_S apart, the first of a leader at once; after a clean end the next
one at its next look; after a kill once the Lease was seen unchanged for its duration, which can be a look
later than it was written.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import WatchEvent
from insideout.client.leaderelection import JITTER, LEASE_S, LEASES, RETRY_S
from insideout.scheduler.scheduler import Scheduler

RENEW_S = (RETRY_S, RETRY_S + 0.1)
LOOK_S = RETRY_S * (1 + JITTER)
"""A standby looks at least so often."""
_STATE = ("holder", "transitions", "duration_s", "acquired")


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play the record; return in what the Lease differed, and what came too early or too late."""
    actions = [(entry["t_s"], entry["did"]) for entry in row["log"] if "did" in entry]
    log = play(actions)
    ours, recorded = _states(log), _states([entry for entry in row["log"] if "holder" in entry])
    found = [] if ours == recorded else [f"the Lease said {ours}, recorded {recorded}"]
    return found + _late(log)


def play(actions: list[tuple[float, str]]) -> list[dict[str, Any]]:
    """Do what was done to the schedulers, each at its second; return every change of the Lease."""
    backend = EmbeddedBackend()
    loop, log = backend.loop, list[dict[str, Any]]()
    holders: dict[str, str] = {"": ""}
    acquired: list[str] = []

    def see(event: WatchEvent) -> None:
        spec = event.object["spec"]
        holder = spec.get("holderIdentity") or ""
        holders.setdefault(holder, f"holder-{len(holders)}")
        if spec["acquireTime"] not in acquired:
            acquired.append(spec["acquireTime"])
        log.append(
            {
                "t_s": loop.now_s,
                "holder": holders[holder],
                "transitions": spec["leaseTransitions"],
                "duration_s": spec["leaseDurationSeconds"],
                "acquired": acquired.index(spec["acquireTime"]),
            }
        )

    client = backend.client("recorder")
    client.watch(LEASES, see, "kube-system")
    schedulers: dict[str, Scheduler] = {}
    for time_s, did in actions:
        loop.run(max(0.0, time_s - loop.now_s))
        number = (re.findall(r"scheduler (\d+)", did) or [""])[0]
        if did.startswith("start"):
            schedulers[number] = Scheduler(backend.client(f"s{number}"), loop, identity=f"s{number}")
            schedulers[number].start()
        elif did.startswith("SIGTERM"):
            schedulers[number].stop()
        elif did.startswith("SIGKILL"):
            schedulers[number].stop(release=False)
    return log


def _states(log: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what the Lease said, without renewals that changed only its time."""
    states: list[tuple[Any, ...]] = []
    for entry in log:
        state = tuple(entry[key] for key in _STATE)
        if states[-1:] != [state]:
            states.append(state)
    return states


def _late(log: list[dict[str, Any]]) -> list[str]:
    """Return renewals and takeovers that were not within their bounds."""
    found = []
    for index, (before, after) in enumerate(pairwise(log)):
        gap_s = after["t_s"] - before["t_s"]
        same = before["acquired"] == after["acquired"]
        is_first = index == 0 or log[index - 1]["acquired"] != before["acquired"]
        if same:
            low_s, high_s = (0.0, 0.1) if is_first else RENEW_S
        elif before["holder"] == "":
            low_s, high_s = 0.0, LOOK_S
        elif after["holder"] == "":
            low_s, high_s = 0.0, RENEW_S[1]
        else:
            low_s, high_s = LEASE_S, LEASE_S + LOOK_S + LOOK_S
        if not low_s - 1e-6 <= gap_s <= high_s + 1e-6:
            found.append(
                f"{after['holder'] or 'nobody'} at {after['t_s']:.2f} s, {gap_s:.2f} s after the last"
            )
    return found
