"""The ReplicaSet controller: keep a number of Pods, and choose well which to remove."""
