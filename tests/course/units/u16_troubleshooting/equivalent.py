"""Mutants of unit 16's solutions that nobody can tell from the solutions, each with the reason."""

EQUIVALENT = {
    (
        "diagnose: if 'pods' in hard and int(used['pods']) >= int(hard['pods']): -> if hard.get('pods') and "
        "int(used['pods']) >= int(hard['pods']):"
    ): "a quota's numbers are texts, never empty",
    (
        "diagnose: return ('taint', path('nodes', nodes[0]), 'spec.taints') -> return ('taint', path('nodes', "
        "nodes[-1]), 'spec.taints')"
    ): "the exercise says that there is one such node, so the first is the last",
    (
        "diagnose: pod = next((pod for pod in inside(snapshot, 'pods', namespace) if pod['metadata']['name'] "
        "== name)) -> pod = next((pod for pod in inside(snapshot, 'pods', namespace) if pod['metadata']['name']"
        " >= name))"
    ): "a list is in the order of names, so the first that is not before it is it",
    (
        "diagnose: field = 'minAvailable' if 'minAvailable' in budget['spec'] else 'maxUnavailable' -> field = "
        "'minAvailable' if budget['spec'].get('minAvailable') else 'maxUnavailable'"
    ): "a budget with minAvailable 0 refuses nothing",
    (
        "diagnose: if any((condition(node, 'Ready') == ('False', 'KubeletNotReady') for node in "
        "snapshot['nodes'])): -> if any((condition(node, 'Ready') <= ('False', 'KubeletNotReady') for node in "
        "snapshot['nodes'])):"
    ): "no status of a condition comes before False, and no reason of Ready=False before this one",
    (
        "diagnose: ports = [port for rule in rules for port in rule.get('ports', [{'port': 53}])] -> ports = "
        "[port for rule in rules for port in rule.get('ports') or [{'port': 53}]]"
    ): "an empty list vanishes on the wire",
    ("repair: if diagnosis is None: -> if not diagnosis:"): "a diagnosis is a tuple of three, never empty",
    (
        "repair: name, namespace = (place[-1], place[0] if len(place) == 2 else None) -> name, "
        "namespace = (place[-1], place[0] if len(place) >= 2 else None)"
    ): "a path has one or two parts behind the resource",
    (
        "repair: spec = obj.get('spec', {}) -> spec = obj.get('spec')"
    ): "only ConfigMaps have no spec, and nobody looks at theirs",
    (
        "repair: owner = one['metadata']['ownerReferences'][0]['uid'] -> owner = "
        "one['metadata']['ownerReferences'][-1]['uid']"
    ): "a ReplicaSet has one owner",
    (
        "repair: merge({'spec': {'taints': [taint for taint in spec['taints'] if "
        "tolerates(pods[0]['spec'], taint)]}}) -> merge({'spec': {'taints': [taint for taint in "
        "spec['taints'] if tolerates(pods[-1]['spec'], taint)]}})"
    ): "one pod waits in these clusters",
    (
        "repair: provisioner = api.list('storageclasses')['items'][0]['provisioner'] -> provisioner = "
        "api.list('storageclasses')['items'][1]['provisioner']"
    ): "the exercise takes the provisioner of any class",
    (
        "repair: provisioner = api.list('storageclasses')['items'][0]['provisioner'] -> provisioner = "
        "api.list('storageclasses')['items'][-1]['provisioner']"
    ): "the exercise takes the provisioner of any class",
    (
        "repair: new = {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass', 'provisioner': "
        "provisioner} -> new = {'kind': 'StorageClass', 'provisioner': provisioner}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass', 'provisioner': "
        "provisioner} -> new = {'apiVersion': 'storage.k8s.io/v1', 'provisioner': provisioner}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass', 'provisioner': "
        "provisioner} -> new = {'apiVersion_': 'storage.k8s.io/v1', 'kind': 'StorageClass', "
        "'provisioner': provisioner}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass', 'provisioner': "
        "provisioner} -> new = {'apiVersion': 'storage.k8s.io/v1', 'kind_': 'StorageClass', "
        "'provisioner': provisioner}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: api.create('storageclasses', {**new, 'metadata': {'name': spec['storageClassName']}}) "
        "-> api.create('storageclasses', {'metadata': {'name': spec['storageClassName']}, **new})"
    ): "the two dicts have no key in common",
    (
        "repair: port = workload()['template']['spec']['containers'][0]['ports'][0]['name'] -> port = "
        "workload()['template']['spec']['containers'][-1]['ports'][0]['name']"
    ): "the exercise says that there is one container",
    (
        "repair: port = workload()['template']['spec']['containers'][0]['ports'][0]['name'] -> port = "
        "workload()['template']['spec']['containers'][0]['ports'][-1]['name']"
    ): "the exercise says that there is one port, and the Service has one too",
    (
        "repair: merge({'spec': {'ports': [{**spec['ports'][0], 'targetPort': port}]}}) -> "
        "merge({'spec': {'ports': [{**spec['ports'][-1], 'targetPort': port}]}})"
    ): "the exercise says that there is one port, and the Service has one too",
    (
        "repair: merge({'spec': {'egress': [*spec.get('egress', []), {'ports': ports}]}}) -> "
        "merge({'spec': {'egress': [*spec.get('egress'), {'ports': ports}]}})"
    ): "the policy that is wrong lets some calls out, so it has rules",
    (
        "repair: number = server['template']['spec']['containers'][0]['ports'][0]['containerPort'] -> "
        "number = server['template']['spec']['containers'][-1]['ports'][0]['containerPort']"
    ): "the exercise says that there is one container",
    (
        "repair: number = server['template']['spec']['containers'][0]['ports'][0]['containerPort'] -> "
        "number = server['template']['spec']['containers'][0]['ports'][-1]['containerPort']"
    ): "the exercise says that there is one port, and the Service has one too",
    (
        "repair: new = {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': asked['name']}} -> "
        "new = {'kind': 'Service', 'metadata': {'name': asked['name']}}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': asked['name']}} -> "
        "new = {'apiVersion': 'v1', 'metadata': {'name': asked['name']}}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': asked['name']}} -> "
        "new = {'apiVersion_': 'v1', 'kind': 'Service', 'metadata': {'name': asked['name']}}"
    ): "the server knows kind and version by the path of the request",
    (
        "repair: new = {'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': asked['name']}} -> "
        "new = {'apiVersion': 'v1', 'kind_': 'Service', 'metadata': {'name': asked['name']}}"
    ): "the server knows kind and version by the path of the request",
    ("repair: elif cause == 'toleration': -> elif True:"): "it is the last of the causes",
    (
        "repair: new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists', 'effect': "
        "'NoSchedule'} -> new = {'key': 'node.kubernetes.io/not-ready', 'effect': 'NoSchedule'}"
    ): "the taint has no value, so Equal to none is right too",
    (
        "repair: new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists', 'effect': "
        "'NoSchedule'} -> new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists'}"
    ): "a DaemonSet's pods tolerate the other effect of that taint anyway",
    (
        "repair: new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists', 'effect': "
        "'NoSchedule'} -> new = {'key': 'node.kubernetes.io/not-ready', 'operator_': 'Exists', "
        "'effect': 'NoSchedule'}"
    ): "the taint has no value, so Equal to none is right too",
    (
        "repair: new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists', 'effect': "
        "'NoSchedule'} -> new = {'key': 'node.kubernetes.io/not-ready', 'operator': 'Exists', "
        "'effect_': 'NoSchedule'}"
    ): "a DaemonSet's pods tolerate the other effect of that taint anyway",
}
