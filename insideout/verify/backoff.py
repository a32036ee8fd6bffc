"""Plays recorded containers that keep ending and images that cannot be pulled: how long each is left alone.

In a record of a container the kubelet looks at each end `detect_ms` later, and then exactly when the back-off
is over.  A real pod worker wakes later: what is left of the wait, at most 60 s at a time, times a random 1 to
1.5.  So a recorded delay is the shortest one.

Source: the recorders of the records, described in insideout/records/README.md.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from insideout.kubelet.backoff import BackOff, go_duration
from insideout.kubelet.images import Images, Outcome, Registry
from insideout.kubelet.phase import should_restart
from insideout.sim.loop import Loop
from insideout.verify.normal import differences
from insideout.verify.outcome import Row


def verify_crashloop(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Ask the kubelet when it starts each recorded container again."""
    for row in rows:
        yield row["id"], list(differences(_whole(row["want"]), _whole(play_crashloop(row))))


def play_crashloop(row: Row) -> list[Row]:
    """Return what becomes of each run of a container, until it is not started again."""
    back_offs: dict[str, BackOff] = {}
    image = "img:1"
    now_s, played = 0.0, []
    for number, (ran_ms, code) in enumerate(row["runs"]):
        image = (row.get("change") or {}).get(str(number), image)
        back_off = back_offs.setdefault(image, BackOff(row["initial"], row["cap"]))
        ended_s = now_s + ran_ms / 1000
        run: Row = {"code": code, "exited": ended_s, "started": now_s}
        run["restart"] = should_restart({}, row, code)
        played.append(run)
        if not run["restart"]:
            break
        now_s = ended_s + row["detect_ms"] / 1000
        wait_s = back_off.remaining_s(ended_s, now_s)
        if wait_s > 0:
            run["message"] = f"back-off {go_duration(back_off.delay_s)}"
        now_s += wait_s
        run["delay"] = now_s - ended_s
        back_off.advance(ended_s, now_s)
    return played


def verify_image_backoff(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Ask the kubelet's images what each recorded sync of a Pod finds."""
    for row in rows:
        yield row["id"], list(differences(_whole(row["want"]), _whole(play_images(row))))


def play_images(row: Row) -> list[Row]:
    """Return what each sync finds of a node whose Pods always pull."""
    loop, registry = Loop(), Registry()
    images = Images(loop, registry)
    played = []
    for sync in row["syncs"]:
        loop.run(sync["at_ms"] / 1000 - loop.now_s)
        registry.set(
            sync["image"], duration_s=sync["took_ms"] / 1000, error="" if sync["ok"] else "not found"
        )
        played.append(_sync(loop, images, sync["pod"], sync["image"]))
    return played


def _sync(loop: Loop, images: Images, uid: str, image: str) -> Row:
    events: list[str] = []
    outcomes: list[Outcome] = []
    images.ensure(
        {"metadata": {"uid": uid}},
        {"image": image, "imagePullPolicy": "Always"},
        lambda _type, reason, _message: events.append(reason),
        outcomes.append,
    )
    loop.run_until(lambda: bool(outcomes), 3600)
    return {
        "done": loop.now_s,
        "message": outcomes[0].message,
        "next_backoff": images.delay_s(uid, image),
        "pulled": "Pulling" in events,
        "reason": outcomes[0].reason,
    }


def _whole(value: Any) -> Any:
    """Write numbers alike, whether they came as 10 or as 10.0."""
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return round(float(value), 6) if type(value) in (int, float) else value
