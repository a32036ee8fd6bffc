"""The functions that Kubernetes adds to expressions, in the form of `signatures`.

Source: k8s.io/apiserver/pkg/cel/library/*.go@v1.36.2.
"""

KUBERNETES = """
list_a_index_of_int               list(A).indexOf(A) -> int
list_a_last_index_of_int          list(A).lastIndexOf(A) -> int
string_find_string                string.find(string) -> string
string_find_all_string            string.findAll(string) -> list(string)
string_find_all_string_int        string.findAll(string, int) -> list(string)
string_to_url                     url(string) -> URL
is_url_string                     isURL(string) -> bool
url_get_scheme                    URL.getScheme() -> string
url_get_host                      URL.getHost() -> string
url_get_hostname                  URL.getHostname() -> string
url_get_port                      URL.getPort() -> string
url_get_escaped_path              URL.getEscapedPath() -> string
url_get_query                     URL.getQuery() -> map(string, list(string))
string_to_quantity                quantity(string) -> Quantity
is_quantity_string                isQuantity(string) -> bool
quantity_sign                     sign(Quantity) -> int
quantity_is_greater_than          Quantity.isGreaterThan(Quantity) -> bool
quantity_is_less_than             Quantity.isLessThan(Quantity) -> bool
quantity_compare_to               Quantity.compareTo(Quantity) -> int
quantity_get_float                Quantity.asApproximateFloat() -> double
quantity_get_int                  Quantity.asInteger() -> int
quantity_is_integer               Quantity.isInteger() -> bool
quantity_add                      Quantity.add(Quantity) -> Quantity
quantity_add_int                  Quantity.add(int) -> Quantity
quantity_sub                      Quantity.sub(Quantity) -> Quantity
quantity_sub_int                  Quantity.sub(int) -> Quantity
string_to_ip                      ip(string) -> IP
cidr_ip                           CIDR.ip() -> IP
is_ip                             isIP(string) -> bool
ip_is_canonical                   ip.isCanonical(string) -> bool
ip_family                         IP.family() -> int
ip_is_unspecified                 IP.isUnspecified() -> bool
ip_is_loopback                    IP.isLoopback() -> bool
ip_is_link_local_multicast        IP.isLinkLocalMulticast() -> bool
ip_is_link_local_unicast          IP.isLinkLocalUnicast() -> bool
ip_is_global_unicast              IP.isGlobalUnicast() -> bool
string_to_cidr                    cidr(string) -> CIDR
is_cidr                           isCIDR(string) -> bool
cidr_contains_ip_string           CIDR.containsIP(string) -> bool
cidr_contains_ip_ip               CIDR.containsIP(IP) -> bool
cidr_contains_cidr_string         CIDR.containsCIDR(string) -> bool
cidr_contains_cidr                CIDR.containsCIDR(CIDR) -> bool
cidr_prefix_length                CIDR.prefixLength() -> int
cidr_masked                       CIDR.masked() -> CIDR
format-named                      format.named(string) -> optional(NamedFormat)
format-validate                   NamedFormat.validate(string) -> optional(list(string))
string_to_semver                  semver(string) -> Semver
string_bool_to_semver             semver(string, bool) -> Semver
is_semver_string                  isSemver(string) -> bool
is_semver_string_bool             isSemver(string, bool) -> bool
semver_is_greater_than            Semver.isGreaterThan(Semver) -> bool
semver_is_less_than               Semver.isLessThan(Semver) -> bool
semver_compare_to                 Semver.compareTo(Semver) -> int
semver_major                      Semver.major() -> int
semver_minor                      Semver.minor() -> int
semver_patch                      Semver.patch() -> int
authorizer_path                   Authorizer.path(string) -> PathCheck
authorizer_group                  Authorizer.group(string) -> GroupCheck
authorizer_serviceaccount         Authorizer.serviceAccount(string, string) -> Authorizer
groupcheck_resource               GroupCheck.resource(string) -> ResourceCheck
resourcecheck_subresource         ResourceCheck.subresource(string) -> ResourceCheck
resourcecheck_namespace           ResourceCheck.namespace(string) -> ResourceCheck
resourcecheck_name                ResourceCheck.name(string) -> ResourceCheck
resourcecheck_fieldselector       ResourceCheck.fieldSelector(string) -> ResourceCheck
resourcecheck_labelselector       ResourceCheck.labelSelector(string) -> ResourceCheck
pathcheck_check                   PathCheck.check(string) -> Decision
string_jsonpatch_escapeKey_string jsonpatch.escapeKey(string) -> string
resourcecheck_check               ResourceCheck.check(string) -> Decision
decision_allowed                  Decision.allowed() -> bool
decision_reason                   Decision.reason() -> string
decision_errored                  Decision.errored() -> bool
decision_error                    Decision.error() -> string
"""

FORMATS = (
    "dns1123Label",
    "dns1123Subdomain",
    "dns1035Label",
    "qualifiedName",
    "dns1123LabelPrefix",
    "dns1123SubdomainPrefix",
    "dns1035LabelPrefix",
    "labelValue",
    "uri",
    "uuid",
    "byte",
    "date",
    "datetime",
)
"""The formats that format.NAME() knows."""

PATCH_FUNCTIONS, PATCH_STRUCT = ("jsonpatch.escapeKey",), "JSONPatch"
"""What only expressions that may write a patch down can call."""
