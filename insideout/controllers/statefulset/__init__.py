"""The StatefulSet controller: Pods with a number that they keep, created and replaced in order."""
