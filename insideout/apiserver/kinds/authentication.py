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

TOKEN_REVIEW = Kind(
    "authentication.k8s.io",
    "v1",
    "TokenReview",
    "tokenreviews",
    "tokenreview",
    namespaced=False,
    model="V1TokenReview",
    verbs=("create",),
)
TOKEN_REQUEST = Kind(
    "authentication.k8s.io",
    "v1",
    "TokenRequest",
    "tokenrequests",
    "tokenrequest",
    model="AuthenticationV1TokenRequest",
    verbs=("create",),
)
"""The body of a service account's subresource token: decoded like any object, never stored."""

ANSWERED: tuple[Kind, ...] = (SELF_SUBJECT_REVIEW, TOKEN_REVIEW)
