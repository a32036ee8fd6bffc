"""The kinds of the group authorization.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

SELF_SUBJECT_ACCESS_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "SelfSubjectAccessReview",
    "selfsubjectaccessreviews",
    "selfsubjectaccessreview",
    namespaced=False,
    model="V1SelfSubjectAccessReview",
    verbs=("create",),
)
SELF_SUBJECT_RULES_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "SelfSubjectRulesReview",
    "selfsubjectrulesreviews",
    "selfsubjectrulesreview",
    namespaced=False,
    model="V1SelfSubjectRulesReview",
    verbs=("create",),
)

SUBJECT_ACCESS_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "SubjectAccessReview",
    "subjectaccessreviews",
    "subjectaccessreview",
    namespaced=False,
    model="V1SubjectAccessReview",
    verbs=("create",),
)
LOCAL_SUBJECT_ACCESS_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "LocalSubjectAccessReview",
    "localsubjectaccessreviews",
    "localsubjectaccessreview",
    model="V1LocalSubjectAccessReview",
    verbs=("create",),
)

ANSWERED: tuple[Kind, ...] = (
    SELF_SUBJECT_ACCESS_REVIEW,
    SELF_SUBJECT_RULES_REVIEW,
    SUBJECT_ACCESS_REVIEW,
    LOCAL_SUBJECT_ACCESS_REVIEW,
)
