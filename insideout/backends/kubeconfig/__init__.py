"""The backend of a cluster that is there already: whatever a kubeconfig's context leads to.

It may be somebody's, so all happens in a namespace of its own.  `contexts` finds the way to it and refuses
what looks like production, `rights` asks what we may, `fence` keeps every request inside, `space` makes and
removes the namespace, `keeper` removes it when we are killed, `backend` is what `Cluster` holds.
"""
