"""Mutants of unit 01's solutions that no call can tell from them, with the reason."""

EQUIVALENT = {
    "bind: if uid is not None and uid != metadata['uid']: -> if uid and uid != metadata['uid']:": (
        "a pod's uid is never empty, and nobody asks for an empty one"
    ),
    "bind: if 'deletionTimestamp' in metadata: -> if metadata.get('deletionTimestamp'):": (
        "the API server never stores an empty deletionTimestamp"
    ),
    "reconcile: active = [pod for pod in pods if pod['status'].get('phase') not in ('Succeeded', 'Failed') and 'deletionTimestamp' not in pod['metadata']] -> active = [pod for pod in pods if pod['status'].get('phase') not in ('Succeeded', 'Failed') and (not pod['metadata'].get('deletionTimestamp'))]": (
        "the API server never stores an empty deletionTimestamp"
    ),
    "reconcile: if missing >= 0: -> if missing > 0:": ("with nothing missing both ways give 0 and no names"),
    "reconcile: if missing >= 0: -> if missing >= 1:": ("with nothing missing both ways give 0 and no names"),
    "reconcile: nodes = [pod['spec'].get('nodeName', '') for pod in active] -> nodes = [pod['spec'].get('nodeName', '_') for pod in active]": (
        "pods without a node are alike in this key, whatever it counts for them"
    ),
    "reconcile.key: return (bool(node), ['Pending', 'Unknown', 'Running'].index(status['phase']), ready, int(annotations.get('controller.kubernetes.io/pod-deletion-cost', '0')), -nodes.count(node), -max((each['restartCount'] for each in status.get('containerStatuses', [])), default=0)) -> return (['Pending', 'Unknown', 'Running'].index(status['phase']), bool(node), ready, int(annotations.get('controller.kubernetes.io/pod-deletion-cost', '0')), -nodes.count(node), -max((each['restartCount'] for each in status.get('containerStatuses', [])), default=0))": (
        "a pod without a node is Pending, and among Pending pods the node decides first either way"
    ),
    "reconcile.key: return (bool(node), ['Pending', 'Unknown', 'Running'].index(status['phase']), ready, int(annotations.get('controller.kubernetes.io/pod-deletion-cost', '0')), -nodes.count(node), -max((each['restartCount'] for each in status.get('containerStatuses', [])), default=0)) -> return (bool(node), ['Pending', 'Unknown', 'Running'].index(status['phase']), ready, int(annotations.get('controller.kubernetes.io/pod-deletion-cost') or '0'), -nodes.count(node), -max((each['restartCount'] for each in status.get('containerStatuses', [])), default=0))": (
        "the API server refuses a cost that is no number"
    ),
    "three_way: kept = {key: value for key, value in live.items() if key not in last or key in new} -> kept = {key: value for key, value in live.items() if key not in last}": (
        "what new has is put over what is kept, so keeping less of it changes nothing"
    ),
}
