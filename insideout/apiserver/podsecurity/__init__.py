"""The Pod Security Standards: what the labels of a namespace demand of its pods.

policy reads the labels, baseline and restricted hold the checks, evaluation picks those of a level and a
version, plugin refuses and warns.
"""
