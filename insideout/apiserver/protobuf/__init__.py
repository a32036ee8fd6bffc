"""Bodies in protobuf, which kubectl sends for some kinds: read into the same plain objects as JSON.

Answers are JSON or YAML, which every client takes as well; only watches of EndpointSlices and Endpoints,
which every node has, come in protobuf too.  `messages.txt` says of each message its fields' numbers, names
and types; they are stated in the generated.proto files of k8s.io/api and k8s.io/apimachinery@v1.36.2.

Source: k8s.io/apimachinery/pkg/runtime/serializer/protobuf/{doc,protobuf}.go@v1.36.2.
"""

from insideout.apiserver.protobuf.objects import MEDIA_TYPE, read_object
from insideout.apiserver.protobuf.writing import is_writable, write_events

__all__ = ["MEDIA_TYPE", "is_writable", "read_object", "write_events"]
