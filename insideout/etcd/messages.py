"""The messages and services of etcd's API, as few of them as clients of a store use.

A line names a message and its fields: `name=number:type`, with `*` before a type that is repeated.  What is
an enum there is an int32 here, and a `oneof` is no more than its fields: neither changes what travels.

Source: api/etcdserverpb/rpc.proto and api/mvccpb/kv.proto in etcd 3.6.
"""

from types import SimpleNamespace
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_MESSAGES = """
ResponseHeader cluster_id=1:uint64 member_id=2:uint64 revision=3:int64 raft_term=4:uint64
KeyValue key=1:bytes create_revision=2:int64 mod_revision=3:int64 version=4:int64 value=5:bytes lease=6:int64
Event type=1:int32 kv=2:KeyValue prev_kv=3:KeyValue

RangeRequest key=1:bytes range_end=2:bytes limit=3:int64 revision=4:int64 sort_order=5:int32
- sort_target=6:int32 serializable=7:bool keys_only=8:bool count_only=9:bool min_mod_revision=10:int64
- max_mod_revision=11:int64 min_create_revision=12:int64 max_create_revision=13:int64
RangeResponse header=1:ResponseHeader kvs=2:*KeyValue more=3:bool count=4:int64
PutRequest key=1:bytes value=2:bytes lease=3:int64 prev_kv=4:bool ignore_value=5:bool ignore_lease=6:bool
PutResponse header=1:ResponseHeader prev_kv=2:KeyValue
DeleteRangeRequest key=1:bytes range_end=2:bytes prev_kv=3:bool
DeleteRangeResponse header=1:ResponseHeader deleted=2:int64 prev_kvs=3:*KeyValue
RequestOp request_range=1:RangeRequest request_put=2:PutRequest request_delete_range=3:DeleteRangeRequest
- request_txn=4:TxnRequest
ResponseOp response_range=1:RangeResponse response_put=2:PutResponse
- response_delete_range=3:DeleteRangeResponse response_txn=4:TxnResponse
Compare result=1:int32 target=2:int32 key=3:bytes version=4:int64 create_revision=5:int64
- mod_revision=6:int64 value=7:bytes lease=8:int64 range_end=64:bytes
TxnRequest compare=1:*Compare success=2:*RequestOp failure=3:*RequestOp
TxnResponse header=1:ResponseHeader succeeded=2:bool responses=3:*ResponseOp
CompactionRequest revision=1:int64 physical=2:bool
CompactionResponse header=1:ResponseHeader

WatchRequest create_request=1:WatchCreateRequest cancel_request=2:WatchCancelRequest
- progress_request=3:WatchProgressRequest
WatchCreateRequest key=1:bytes range_end=2:bytes start_revision=3:int64 progress_notify=4:bool
- filters=5:*int32 prev_kv=6:bool watch_id=7:int64 fragment=8:bool
WatchCancelRequest watch_id=1:int64
WatchProgressRequest
WatchResponse header=1:ResponseHeader watch_id=2:int64 created=3:bool canceled=4:bool compact_revision=5:int64
- cancel_reason=6:string fragment=7:bool events=11:*Event

LeaseGrantRequest TTL=1:int64 ID=2:int64
LeaseGrantResponse header=1:ResponseHeader ID=2:int64 TTL=3:int64 error=4:string
LeaseRevokeRequest ID=1:int64
LeaseRevokeResponse header=1:ResponseHeader
LeaseKeepAliveRequest ID=1:int64
LeaseKeepAliveResponse header=1:ResponseHeader ID=2:int64 TTL=3:int64
LeaseTimeToLiveRequest ID=1:int64 keys=2:bool
LeaseTimeToLiveResponse header=1:ResponseHeader ID=2:int64 TTL=3:int64 grantedTTL=4:int64 keys=5:*bytes
LeaseLeasesRequest
LeaseStatus ID=1:int64
LeaseLeasesResponse header=1:ResponseHeader leases=2:*LeaseStatus

Member ID=1:uint64 name=2:string peerURLs=3:*string clientURLs=4:*string isLearner=5:bool
MemberListRequest linearizable=1:bool
MemberListResponse header=1:ResponseHeader members=2:*Member
AlarmRequest action=1:int32 memberID=2:uint64 alarm=3:int32
AlarmMember memberID=1:uint64 alarm=2:int32
AlarmResponse header=1:ResponseHeader alarms=2:*AlarmMember
StatusRequest
StatusResponse header=1:ResponseHeader version=2:string dbSize=3:int64 leader=4:uint64 raftIndex=5:uint64
- raftTerm=6:uint64 raftAppliedIndex=7:uint64 errors=8:*string dbSizeInUse=9:int64 isLearner=10:bool
- storageVersion=11:string
"""

_PACKAGE = "insideout.etcd"
_TYPE = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bool": _TYPE.TYPE_BOOL,
    "bytes": _TYPE.TYPE_BYTES,
    "int32": _TYPE.TYPE_INT32,
    "int64": _TYPE.TYPE_INT64,
    "string": _TYPE.TYPE_STRING,
    "uint64": _TYPE.TYPE_UINT64,
}


class Method(NamedTuple):
    """A method of a service: its messages' names, and whether both sides are streams."""

    service: str
    name: str
    request: str
    response: str
    is_stream: bool = False

    @property
    def path(self) -> str:
        """What a request for it is sent to."""
        return f"/etcdserverpb.{self.service}/{self.name}"


METHODS = (
    Method("KV", "Range", "RangeRequest", "RangeResponse"),
    Method("KV", "Put", "PutRequest", "PutResponse"),
    Method("KV", "DeleteRange", "DeleteRangeRequest", "DeleteRangeResponse"),
    Method("KV", "Txn", "TxnRequest", "TxnResponse"),
    Method("KV", "Compact", "CompactionRequest", "CompactionResponse"),
    Method("Watch", "Watch", "WatchRequest", "WatchResponse", is_stream=True),
    Method("Lease", "LeaseGrant", "LeaseGrantRequest", "LeaseGrantResponse"),
    Method("Lease", "LeaseRevoke", "LeaseRevokeRequest", "LeaseRevokeResponse"),
    Method("Lease", "LeaseKeepAlive", "LeaseKeepAliveRequest", "LeaseKeepAliveResponse", is_stream=True),
    Method("Lease", "LeaseTimeToLive", "LeaseTimeToLiveRequest", "LeaseTimeToLiveResponse"),
    Method("Lease", "LeaseLeases", "LeaseLeasesRequest", "LeaseLeasesResponse"),
    Method("Cluster", "MemberList", "MemberListRequest", "MemberListResponse"),
    Method("Maintenance", "Alarm", "AlarmRequest", "AlarmResponse"),
    Method("Maintenance", "Status", "StatusRequest", "StatusResponse"),
)


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="insideout/etcd.proto", package=_PACKAGE, syntax="proto3")
    for line in _MESSAGES.replace("\n-", "").splitlines():
        if words := line.split():
            message = file.message_type.add(name=words[0])
            for word in words[1:]:
                _add(message, word)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        each.name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{each.name}"))
        for each in file.message_type
    }


def _add(message: Any, word: str) -> None:
    name, _, rest = word.partition("=")
    number, _, kind = rest.partition(":")
    field = message.field.add(name=name, number=int(number), label=_TYPE.LABEL_OPTIONAL)
    if kind.startswith("*"):
        field.label = _TYPE.LABEL_REPEATED
        kind = kind[1:]
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _TYPE.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"


pb: Any = SimpleNamespace(**_classes())
"""The message classes by their names."""
