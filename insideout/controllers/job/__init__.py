"""The Job controller: Pods that run to their end, as often as it takes."""
