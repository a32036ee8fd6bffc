"""The kinds of the group authentication.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

SELF_SUBJECT_REVIEW = Kind(
    "authentication.k8s.io",
    "v1",
    "SelfSubjectReview",
    "selfsubjectreviews",
    "selfsubjectreview",
    namespaced=False,
    model="V1SelfSubjectReview",
    verbs=("create",),
)

ANSWERED: tuple[Kind, ...] = (SELF_SUBJECT_REVIEW,)
