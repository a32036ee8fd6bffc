"""Mutants of unit 09's solutions that no call can tell from them, with the reason."""

_A_TIME = "a timestamp that is there is never empty"
_A_POD = "a pod is never an empty dict"

EQUIVALENT = {
    "sts_sync: if 'deletionTimestamp' in sts['metadata']: -> if sts['metadata'].get('deletionTimestamp'):": _A_TIME,
    "sts_sync.going: return 'deletionTimestamp' in pod['metadata'] -> "
    "return pod['metadata'].get('deletionTimestamp')": _A_TIME,
    "sts_sync.available: long_enough = since >= timedelta(seconds=spec.get('minReadySeconds', 0)) -> "
    "long_enough = since >= timedelta(seconds=spec.get('minReadySeconds', -1))": (
        "no pod has been Ready for less than no time"
    ),
    "sts_sync: if pod is None: -> if not pod:": _A_POD,
    "sts_sync: if pod is None: -> if not pod: #2": _A_POD,
    "sts_sync: below = rolls and ordinal < start + partition -> below = ordinal < start + partition": (
        "the API server takes a partition only under RollingUpdate; without one it is 0"
    ),
}
