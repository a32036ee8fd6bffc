"""Pods: defaults, rules at creation and at update, one module a part of the spec."""
