"""The DaemonSet controller: one Pod on every node that it may run on."""
