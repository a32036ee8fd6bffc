"""Generated names and identities; every one comes from the seeded source, so a run repeats exactly.

Source: k8s.io/apiserver/pkg/storage/names/generate.go, k8s.io/apimachinery/pkg/util/rand/rand.go@v1.36.2.
"""

import random

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # no vowels, no look-alikes: no words come out
_LONGEST_PREFIX = 58  # 63 for a DNS label, less the five random characters
_VERSION_4 = 0x4 << 76 | 0x8 << 60
_RANDOM = ~(0xF << 76 | 0xC << 60)


def generated_name(prefix: str, rng: random.Random) -> str:
    """Return `prefix` and five random characters, the prefix cut so that the name is a DNS label."""
    return prefix[:_LONGEST_PREFIX] + "".join(rng.choice(_ALPHABET) for _ in range(5))


def new_uid(rng: random.Random) -> str:
    """Return a random UUID, version 4 of RFC 4122."""
    digits = f"{rng.getrandbits(128) & _RANDOM | _VERSION_4:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
