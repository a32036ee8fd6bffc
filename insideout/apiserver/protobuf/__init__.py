"""Bodies in protobuf, which kubectl sends for some kinds: read into the same plain objects as JSON.

Answers come in protobuf to clients that take nothing else, and watches of EndpointSlices and Endpoints, which
every node has, to all that name it first.  Left out: tables and metadata in protobuf.

Source: k8s.io/apimachinery/pkg/runtime/serializer/protobuf/{doc,protobuf}.go@v1.36.2.
"""

from insideout.apiserver.protobuf.messages import has_message
from insideout.apiserver.protobuf.objects import MEDIA_TYPE, read_object
from insideout.apiserver.protobuf.writing import write_events, write_object

__all__ = ["MEDIA_TYPE", "has_message", "read_object", "write_events", "write_object"]
