"""The functions that expressions may call: name, overloads and types.

Each line is an overload's id and its signature; capitals stand for any type.  The ids are cel-go's, since
costs are told by them.  Kubernetes' own are in `kubernetes_signatures`.

Source: github.com/google/cel-go/common/stdlib/standard.go, ext/{strings,sets,lists,comprehensions}.go,
cel/library.go.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from insideout.apiserver.cel.kubernetes_signatures import FORMATS, KUBERNETES
from insideout.apiserver.cel.types import Type, parse_type

_STANDARD = """
conditional                       _?_:_(bool, A, A) -> A
logical_and                       _&&_(bool, bool) -> bool
logical_or                        _||_(bool, bool) -> bool
logical_not                       !_(bool) -> bool
not_strictly_false                @not_strictly_false(bool) -> bool
equals                            _==_(A, A) -> bool
not_equals                        _!=_(A, A) -> bool
add_bytes                         _+_(bytes, bytes) -> bytes
add_double                        _+_(double, double) -> double
add_duration_duration             _+_(duration, duration) -> duration
add_duration_timestamp            _+_(duration, timestamp) -> timestamp
add_timestamp_duration            _+_(timestamp, duration) -> timestamp
add_int64                         _+_(int, int) -> int
add_list                          _+_(list(A), list(A)) -> list(A)
add_string                        _+_(string, string) -> string
add_uint64                        _+_(uint, uint) -> uint
divide_double                     _/_(double, double) -> double
divide_int64                      _/_(int, int) -> int
divide_uint64                     _/_(uint, uint) -> uint
modulo_int64                      _%_(int, int) -> int
modulo_uint64                     _%_(uint, uint) -> uint
multiply_double                   _*_(double, double) -> double
multiply_int64                    _*_(int, int) -> int
multiply_uint64                   _*_(uint, uint) -> uint
negate_double                     -_(double) -> double
negate_int64                      -_(int) -> int
subtract_double                   _-_(double, double) -> double
subtract_duration_duration        _-_(duration, duration) -> duration
subtract_int64                    _-_(int, int) -> int
subtract_timestamp_duration       _-_(timestamp, duration) -> timestamp
subtract_timestamp_timestamp      _-_(timestamp, timestamp) -> duration
subtract_uint64                   _-_(uint, uint) -> uint
index_list                        _[_](list(A), int) -> A
index_map                         _[_](map(A, B), A) -> B
optional_list_index_int           _[_](optional(list(A)), int) -> optional(A)
optional_map_index_value          _[_](optional(map(A, B)), A) -> optional(B)
list_optindex_optional_int        _[?_](list(A), int) -> optional(A)
optional_list_optindex_optional_int _[?_](optional(list(A)), int) -> optional(A)
map_optindex_optional_value       _[?_](map(A, B), A) -> optional(B)
optional_map_optindex_optional_value _[?_](optional(map(A, B)), A) -> optional(B)
in_list                           @in(A, list(A)) -> bool
in_map                            @in(A, map(A, B)) -> bool
size_bytes                        size(bytes) -> int
bytes_size                        bytes.size() -> int
size_list                         size(list(A)) -> int
list_size                         list(A).size() -> int
size_map                          size(map(A, B)) -> int
map_size                          map(A, B).size() -> int
size_string                       size(string) -> int
string_size                       string.size() -> int
type                              type(A) -> type(A)
to_dyn                            dyn(A) -> dyn
bool_to_bool                      bool(bool) -> bool
string_to_bool                    bool(string) -> bool
bytes_to_bytes                    bytes(bytes) -> bytes
string_to_bytes                   bytes(string) -> bytes
double_to_double                  double(double) -> double
int64_to_double                   double(int) -> double
string_to_double                  double(string) -> double
uint64_to_double                  double(uint) -> double
duration_to_duration              duration(duration) -> duration
int64_to_duration                 duration(int) -> duration
string_to_duration                duration(string) -> duration
int64_to_int64                    int(int) -> int
double_to_int64                   int(double) -> int
duration_to_int64                 int(duration) -> int
string_to_int64                   int(string) -> int
timestamp_to_int64                int(timestamp) -> int
uint64_to_int64                   int(uint) -> int
string_to_string                  string(string) -> string
bool_to_string                    string(bool) -> string
bytes_to_string                   string(bytes) -> string
double_to_string                  string(double) -> string
duration_to_string                string(duration) -> string
int64_to_string                   string(int) -> string
timestamp_to_string               string(timestamp) -> string
uint64_to_string                  string(uint) -> string
ip_to_string                      string(IP) -> string
cidr_to_string                    string(CIDR) -> string
timestamp_to_timestamp            timestamp(timestamp) -> timestamp
int64_to_timestamp                timestamp(int) -> timestamp
string_to_timestamp               timestamp(string) -> timestamp
uint64_to_uint64                  uint(uint) -> uint
double_to_uint64                  uint(double) -> uint
int64_to_uint64                   uint(int) -> uint
string_to_uint64                  uint(string) -> uint
contains_string                   string.contains(string) -> bool
ends_with_string                  string.endsWith(string) -> bool
starts_with_string                string.startsWith(string) -> bool
matches                           matches(string, string) -> bool
matches_string                    string.matches(string) -> bool
duration_to_hours                 duration.getHours() -> int
duration_to_minutes               duration.getMinutes() -> int
duration_to_seconds               duration.getSeconds() -> int
duration_to_milliseconds          duration.getMilliseconds() -> int
optional_of                       optional.of(A) -> optional(A)
optional_ofNonZeroValue           optional.ofNonZeroValue(A) -> optional(A)
optional_none                     optional.none() -> optional(A)
optional_value                    optional(A).value() -> A
optional_hasValue                 optional(A).hasValue() -> bool
optional_or_optional              optional(A).or(optional(A)) -> optional(A)
optional_orValue_value            optional(A).orValue(A) -> A
"""

_EXTENSIONS = """
string_char_at_int                string.charAt(int) -> string
string_index_of_string            string.indexOf(string) -> int
string_index_of_string_int        string.indexOf(string, int) -> int
string_last_index_of_string       string.lastIndexOf(string) -> int
string_last_index_of_string_int   string.lastIndexOf(string, int) -> int
list_join                         list(string).join() -> string
list_join_string                  list(string).join(string) -> string
string_lower_ascii                string.lowerAscii() -> string
string_upper_ascii                string.upperAscii() -> string
string_trim                       string.trim() -> string
string_replace_string_string      string.replace(string, string) -> string
string_replace_string_string_int  string.replace(string, string, int) -> string
string_split_string               string.split(string) -> list(string)
string_split_string_int           string.split(string, int) -> list(string)
string_substring_int              string.substring(int) -> string
string_substring_int_int          string.substring(int, int) -> string
string_format                     string.format(list(dyn)) -> string
strings_quote                     strings.quote(string) -> string
list_sets_contains_list           sets.contains(list(A), list(A)) -> bool
list_sets_equivalent_list         sets.equivalent(list(A), list(A)) -> bool
list_sets_intersects_list         sets.intersects(list(A), list(A)) -> bool
list_slice                        list(A).slice(int, int) -> list(A)
list_flatten                      list(list(A)).flatten() -> list(A)
list_flatten_int                  list(dyn).flatten(int) -> list(dyn)
lists_range                       lists.range(int) -> list(int)
list_distinct                     list(A).distinct() -> list(A)
list_reverse                      list(A).reverse() -> list(A)
mapInsert_map_map                 cel.@mapInsert(map(A, B), map(A, B)) -> map(A, B)
mapInsert_map_key_value           cel.@mapInsert(map(A, B), A, B) -> map(A, B)
"""

_ORDERS = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
_ORDERED = {
    "bool": "bool",
    "int": "int64",
    "uint": "uint64",
    "double": "double",
    "string": "string",
    "bytes": "bytes",
    "timestamp": "timestamp",
    "duration": "duration",
}
_MIXED = (
    ("int", "double"),
    ("int", "uint"),
    ("uint", "double"),
    ("uint", "int"),
    ("double", "int"),
    ("double", "uint"),
)
_DATE_PARTS = {
    "getFullYear": "year",
    "getMonth": "month",
    "getDayOfYear": "day_of_year",
    "getDayOfMonth": "day_of_month",
    "getDate": "day_of_month_1_based",
    "getDayOfWeek": "day_of_week",
    "getHours": "hours",
    "getMinutes": "minutes",
    "getSeconds": "seconds",
    "getMilliseconds": "milliseconds",
}
_COMPARABLE = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_SUMMABLE = ("int", "uint", "double", "duration")


class Overload(NamedTuple):
    """One way to call a function."""

    id: str
    member: bool
    args: tuple[Type, ...]
    result: Type


@cache
def functions() -> dict[str, tuple[Overload, ...]]:
    """Return every function by its name."""
    table: dict[str, list[Overload]] = {}
    for line in _lines():
        id_, _, signature = line.partition(" ")
        name, overload = _read(id_, signature.strip())
        table.setdefault(name, []).append(overload)
    return {name: tuple(each) for name, each in table.items()}


def _lines() -> Iterator[str]:
    for text in (_STANDARD, _EXTENSIONS, KUBERNETES):
        yield from filter(None, text.splitlines())
    for name, word in _ORDERS.items():
        for type_, short in _ORDERED.items():
            yield f"{word}_{short} {name}({type_}, {type_}) -> bool"
        for left, right in _MIXED:
            yield f"{word}_{_ORDERED[left]}_{_ORDERED[right]} {name}({left}, {right}) -> bool"
    for name, word in _DATE_PARTS.items():
        yield f"timestamp_to_{word} timestamp.{name}() -> int"
        yield f"timestamp_to_{word}_with_tz timestamp.{name}(string) -> int"
    for type_ in _COMPARABLE:
        yield f"list_{type_}_is_sorted_bool list({type_}).isSorted() -> bool"
        yield f"list_{type_}_max_{type_} list({type_}).max() -> {type_}"
        yield f"list_{type_}_min_{type_} list({type_}).min() -> {type_}"
        yield f"list_{type_}_sort list({type_}).sort() -> list({type_})"
        yield (f"list_{type_}_sortByAssociatedKeys list(A).@sortByAssociatedKeys(list({type_})) -> list(A)")
    for type_ in _SUMMABLE:
        yield f"list_{type_}_sum_{type_} list({type_}).sum() -> {type_}"
    for each in FORMATS:
        yield f"format.{each} format.{each}() -> NamedFormat"


_NAMESPACES = ("jsonpatch", "optional", "strings", "sets", "lists", "ip", "format", "cel")


def _read(id_: str, signature: str) -> tuple[str, Overload]:
    head, result = signature.rsplit(" -> ", 1)
    depth, start = 0, 0
    for at in range(len(head) - 1, -1, -1):  # the parenthesis that opens the arguments
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth == 0:
            start = at
            break
    name, args = head[:start], head[start + 1 : -1]
    types = tuple(parse_type(f"list({args})").params) if args else ()
    target, dot, method = name.rpartition(".")
    if dot and target not in _NAMESPACES:
        return method, Overload(id_, True, (parse_type(target), *types), parse_type(result))
    return name, Overload(id_, False, types, parse_type(result))
