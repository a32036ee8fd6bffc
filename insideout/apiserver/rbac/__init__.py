"""Role-based access control: what roles allow, to whom bindings give them, and who may give them.

Source: plugin/pkg/auth/authorizer/rbac, pkg/registry/rbac@v1.36.2.
"""
