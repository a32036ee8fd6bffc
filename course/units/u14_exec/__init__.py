"""Unit 14: how kubectl exec works."""
