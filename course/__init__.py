"""Kubernetes Inside Out: the package that every notebook of the course imports.

Importing it loads nothing heavy; the official client and matplotlib are loaded when first used.
"""

KUBERNETES_VERSION = "v1.36.2"
"""The release whose behaviour the course describes and its records were taken from."""
