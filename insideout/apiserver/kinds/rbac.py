"""The kinds of the group rbac.authorization.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRole",
        "clusterroles",
        "clusterrole",
        namespaced=False,
        model="V1ClusterRole",
    ),
    Kind(
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        "clusterrolebinding",
        namespaced=False,
        model="V1ClusterRoleBinding",
    ),
    Kind(
        "rbac.authorization.k8s.io",
        "v1",
        "Role",
        "roles",
        "role",
        model="V1Role",
    ),
    Kind(
        "rbac.authorization.k8s.io",
        "v1",
        "RoleBinding",
        "rolebindings",
        "rolebinding",
        model="V1RoleBinding",
    ),
)
