"""Generated names and identities; every one comes from the seeded source, so a run repeats exactly.

Source: k8s.io/apiserver/pkg/storage/names/generate.go, k8s.io/apimachinery/pkg/util/rand/rand.go@v1.36.2.
"""

import random
import uuid

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # no vowels, no look-alikes: no words come out
_LONGEST_PREFIX = 58  # 63 for a DNS label, less the five random characters


def generated_name(prefix: str, rng: random.Random) -> str:
    """Return `prefix` and five random characters, the prefix cut so that the name is a DNS label."""
    return prefix[:_LONGEST_PREFIX] + "".join(rng.choice(_ALPHABET) for _ in range(5))


def new_uid(rng: random.Random) -> str:
    """Return a random UUID, version 4."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
