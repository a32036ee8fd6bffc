"""The kinds of the group admissionregistration.k8s.io."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        "mutatingwebhookconfiguration",
        namespaced=False,
        categories=("api-extensions",),
        model="V1MutatingWebhookConfiguration",
    ),
    Kind(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        "validatingwebhookconfiguration",
        namespaced=False,
        categories=("api-extensions",),
        model="V1ValidatingWebhookConfiguration",
    ),
    Kind(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
        "validatingadmissionpolicy",
        namespaced=False,
        categories=("api-extensions",),
        subresources=(STATUS,),
        model="V1ValidatingAdmissionPolicy",
    ),
    Kind(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
        "validatingadmissionpolicybinding",
        namespaced=False,
        categories=("api-extensions",),
        model="V1ValidatingAdmissionPolicyBinding",
    ),
)
