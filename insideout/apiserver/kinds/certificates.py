"""The kinds of the group certificates.k8s.io."""

from insideout.apiserver.kinds.kind import READ_WRITE, STATUS, Kind, Subresource

STORED: tuple[Kind, ...] = (
    Kind(
        "certificates.k8s.io",
        "v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
        "certificatesigningrequest",
        namespaced=False,
        short_names=("csr",),
        subresources=(Subresource("approval", READ_WRITE), STATUS),
        model="V1CertificateSigningRequest",
    ),
)
