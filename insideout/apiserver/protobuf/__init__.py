"""Bodies in protobuf, which kubectl sends for some kinds: read into the same plain objects as JSON.

Only reading: answers are always JSON or YAML, which every client takes as well.  `messages.txt` says of each
message its fields' numbers, names and types; they are stated in the generated.proto files of k8s.io/api and
k8s.io/apimachinery@v1.36.2.

Source: k8s.io/apimachinery/pkg/runtime/serializer/protobuf/{doc,protobuf}.go@v1.36.2.
"""

from insideout.apiserver.protobuf.objects import MEDIA_TYPE, read_object

__all__ = ["MEDIA_TYPE", "read_object"]
