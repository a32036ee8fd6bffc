"""Identities are random UUIDs of version 4, the same ones for the same seed."""

import random
import uuid

from insideout.apiserver.naming import new_uid


def test_uids_are_version_4() -> None:
    rng, same = random.Random(7), random.Random(7)
    for _ in range(200):
        assert new_uid(rng) == str(uuid.UUID(int=same.getrandbits(128), version=4))
