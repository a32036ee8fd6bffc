"""Mutants of unit 08's solutions that no call can tell from them, with the reason."""

_STEP = "rolling_step: return [{**rs, 'spec': size} for rs, size in zip(rss, sizes, strict=True)] -> return [{**rs, 'spec': size} for rs, size in zip(rss, sizes"
_SWITCH = "switch_service: "
_SEEN = "if status.get('observedGeneration', 0) < found['metadata']['generation']:"
_READY = "ready = sum((each.get('conditions', {}).get('ready') is not False for each in endpoints))"
_SLICES = "endpoints = [each for one in slices['items'] for each in one.get('endpoints')"

EQUIVALENT = {
    "fenceposts.hundredths: return int(amount.rstrip('%')) * replicas if isinstance(amount, str) else amount * 100 -> return int(amount.rstrip('%_')) * replicas if isinstance(amount, str) else amount * 100": (
        "an amount ends in a digit or in %, and the API server refuses any other"
    ),
    "fenceposts: surge, unavailable = (-(-hundredths(max_surge) // 100), hundredths(max_unavailable) // 100) -> surge, unavailable = (-(-hundredths(max_surge) // 100), int(hundredths(max_unavailable) / 100))": (
        "one true division of whole numbers is rounded once, and below 2**53 it never reaches the next whole number; replicas are an int32"
    ),
    "rolling_step: if sizes[new] == rss[new]['spec'] and budget > 0: -> if sizes[new] == rss[new]['spec'] and budget >= 0:": (
        "of a budget of 0 nothing is spent, and no more available pods are to spare than the budget"
    ),
    "rolling_step: if sizes[new] == rss[new]['spec'] and budget > 0: -> if sizes[new] == rss[new]['spec'] and budget > -1:": (
        "of a budget of 0 nothing is spent, and no more available pods are to spare than the budget"
    ),
    f"{_STEP})]": "there is a size for each ReplicaSet",
    f"{_STEP}, strict=False)]": "there is a size for each ReplicaSet",
    "rolling_step: changes its argument rss": (
        "the same dicts are asked for, changed where the step changes them: the answer may be what was given"
    ),
    "scale_proportionally: alone = active[0] if active else max(rss, key=lambda rs: rs['created']) -> alone = active[-1] if active else max(rss, key=lambda rs: rs['created'])": (
        "of one item the first is the last"
    ),
    "scale_proportionally: left = (replicas + surge if replicas else 0) - sum(sizes.values()) -> left = (replicas + surge if replicas else -1) - sum(sizes.values())": (
        "at 0 every size goes to 0, and what is left over takes none below it"
    ),
    "scale_proportionally: growing = left > 0 -> growing = left >= 0": "with nothing left there are no shares",
    "scale_proportionally: growing = left > 0 -> growing = left > -1": "with nothing left there are no shares",
    "scale_proportionally: break -> continue": "nothing is left for those that follow, either",
    "scale_proportionally: if replicas == 0: -> if replicas <= 0:": "the API server refuses fewer than 0",
    "scale_proportionally: elif before == 0: -> elif before <= 0:": "no number of pods is below 0",
    f"{_SWITCH}wanted, status = (found['spec']['replicas'], found.get('status', {{}})) -> wanted, status = (found['spec']['replicas'], found.get('status'))": (
        "the API server gives every Deployment a status, if only an empty one"
    ),
    f"{_SWITCH}{_SEEN} -> {_SEEN.replace(', 0', ', -1')}": "generations begin with 1",
    f"{_SWITCH}{_SLICES} or ()] -> {_SLICES}]": (
        "the audit's slices have lists, some of them empty; only a real API server writes null for one"
    ),
    f"{_SWITCH}{_READY} -> {_READY.replace(', {}', '')}": (
        "the API server gives every endpoint its conditions, if only empty ones"
    ),
    "canary_weights: total = sum(parts.values()) or 1 -> total = sum(parts.values()) or 2": (
        "where the sum is 0 all parts are, and 0 of 2 in lowest terms is 0 of 1"
    ),
    "config_effect.files: items = source.get('items', [{'key': key, 'path': key}]) -> items = source.get('items') or [{'key': key, 'path': key}]": (
        "the API server stores no empty list of items: it would mean all keys"
    ),
    "config_effect.effect: if any((mount.get('subPath') in shown.get(mount['name'], []) for mount in mounts)): -> if any((mount.get('subPath') in shown.get(mount['name']) for mount in mounts)):": (
        "the API server refuses a mount of a volume that the pod does not have"
    ),
}
