"""Kubernetes Inside Out, the course: its units, and what builds, grades and shows them.

The cluster that its notebooks run on is the package `insideout`, which knows nothing of this one.
"""
