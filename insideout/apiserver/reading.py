"""Lists and watches: which version a client sees, in which chunks, and what it is told when that is too old.

| resourceVersion | resourceVersionMatch | a list shows |
|---|---|---|
| none | | the present |
| "0" | none or NotOlderThan | anything kept; here the present |
| "N" | none or NotOlderThan | the present, if N has happened; N itself when a limit asks for chunks |
| "N" | Exact | N itself |

With "0" a limit is ignored.  A watch begins after the version it names; where it names none or "0", or asks
for initial events, with the present objects as ADDED.

Source: k8s.io/apiserver/pkg/storage/cacher/{cacher,delegator}.go, .../storage/etcd3/store.go,
k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go@v1.36.2.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from insideout.apimachinery import selectors
from insideout.apiserver import keys, selectable
from insideout.apiserver.chunks import LATEST, Continue, decode_token, encode_token
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import ListOptions
from insideout.apiserver.resources import in_version
from insideout.apiserver.status import Cause, StatusError, bad_request, expired, timeout
from insideout.apiserver.versions import list_version, parse_version
from insideout.apiserver.views import View, show
from insideout.apiserver.watchcache import WatchCache
from insideout.apiserver.watching import (
    BOOKMARK_EVERY_S,
    Change,
    Hub,
    Selection,
    Subscription,
    bookmark,
    error,
)
from insideout.sim.loop import Loop
from insideout.store import CompactedError, FutureRevisionError, Page, Store


class Listing(NamedTuple):
    """The answer to a list: its views, its version, and how to go on if it is not complete."""

    views: list[View]
    revision: int
    continue_token: str = ""
    remaining: int | None = None


class Reader:
    """Lists and watches over a store."""

    def __init__(self, store: Store, loop: Loop, *, watch_cache: bool = True) -> None:
        self._store = store
        self._loop = loop
        self._has_cache = watch_cache
        self._cache: WatchCache | None = None
        self._hubs: dict[str, Hub] = {}

    def begin(self) -> None:
        """Fill the watch caches: from here on watches begin, none can begin earlier."""
        if self._has_cache:
            self._cache = WatchCache(self._store, self._loop.now_s)

    @property
    def begun_at(self) -> int:
        """The version before which no watch can begin."""
        return self._cache.begin if self._cache is not None else 0

    def compacting(self, revision: int, kinds: Iterable[Kind]) -> None:
        """Remember what the store is about to forget."""
        if self._cache is not None:
            self._cache.keep(revision, {keys.prefix(kind) for kind in kinds}, self._loop.now_s)

    def select(self, kind: Kind, namespace: str, options: ListOptions) -> Selection:
        """Return which objects are asked for; raise 400 when a selector cannot be read."""
        try:
            labels = selectors.parse(options.label_selector)
        except ValueError as problem:
            raise bad_request(str(problem)) from None
        return Selection(namespace, labels, selectable.selector(kind, options.field_selector))

    def list(self, kind: Kind, namespace: str, options: ListOptions) -> Listing:
        """Return the selected objects; raise 400, 410 or 504 when the version asked for cannot be shown."""
        selection = self.select(kind, namespace, options)
        start = ""
        if options.continue_token:
            if options.resource_version not in ("", "0"):
                raise bad_request("specifying resource version is not allowed when using continue")
            token = decode_token(options.continue_token, keys.prefix(kind, namespace))
            revision, start = max(token.revision, 0), token.start
        else:
            revision = self._revision(options)
            if not options.resource_version and keys.prefix(kind) in self._hubs:
                self._hubs[keys.prefix(kind)].progressed(self._store.revision)  # a consistent read asks etcd
        if options.resource_version == "0":
            options = replace(options, limit=0)
        return self._page(kind, selection, revision, start, options)

    def _revision(self, options: ListOptions) -> int:
        """Return the exact revision to show, 0 for the present."""
        version = list_version(options.resource_version)
        self.check_happened(version)
        exact = options.resource_version_match == "Exact"
        chunked = options.limit > 0 and not options.resource_version_match
        return version if exact or chunked else 0

    def check_version(self, text: str) -> None:
        """Check the resourceVersion of a get, which must not be newer than the present."""
        self.check_happened(parse_version(text))

    def check_happened(self, version: int) -> None:
        """Raise 504 when the client has seen a version that this server has not reached."""
        current = self._store.revision
        if version > current:
            message = f"Too large resource version: {version}, current: {current}"
            cause = Cause("ResourceVersionTooLarge", "", "Too large resource version")
            raise timeout(message, 1, [cause])

    def _page(
        self, kind: Kind, selection: Selection, revision: int, start: str, options: ListOptions
    ) -> Listing:
        prefix = keys.prefix(kind, selection.namespace if kind.namespaced else "")
        selects = bool(selection.labels.requirements or selection.fields.terms)
        limit = options.limit
        page = self._range(prefix, revision, start, 0 if selects else limit, bool(options.continue_token))
        views: list[View] = []
        more, last = page.remaining > 0, ""
        for pair in page.items:
            if limit and len(views) >= limit:
                more = True
                break
            last = pair.key
            view = show(pair) if kind.definition is None else in_version(kind, show(pair))
            if not selects or selection.matches(view.object):
                views.append(view)
        if not more:
            return Listing(views, page.revision)
        token = encode_token(Continue(page.revision, last + "\0"), prefix)
        return Listing(views, page.revision, token, None if selects else page.remaining)

    def _range(self, prefix: str, revision: int, start: str, limit: int, continued: bool) -> Page:
        try:
            return self._store.range(prefix, revision, start, limit)
        except CompactedError:
            if continued:
                raise self._expired_token(prefix, start) from None
            raise expired("The resourceVersion for the provided list is too old.") from None
        except FutureRevisionError as future:
            raise timeout(f"Too large resource version: {revision}, current: {future.current}", 1) from None

    def _expired_token(self, prefix: str, start: str) -> StatusError:
        problem = expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a "
            "new list without the continue parameter, or use the continue token in this response to retrieve "
            "the remainder of the results. Continuing with the provided token results in an inconsistent "
            "list - objects that were created, modified, or deleted between the time the first chunk was "
            "returned and now may show up in the list."
        )
        problem.status["metadata"] = {"continue": encode_token(Continue(LATEST, start), prefix)}
        return problem

    def hub(self, kind: Kind) -> Hub:
        """Return what feeds the watches of a resource."""
        prefix = keys.prefix(kind)
        hub = self._hubs.get(prefix)
        if hub is None:
            hub = self._hubs[prefix] = Hub(self._store, self._loop, kind, prefix)
        return hub

    def disconnect(self) -> None:
        """End every watch of every resource."""
        for hub in self._hubs.values():
            hub.close()
        self._hubs.clear()

    def close(self, kind: Kind) -> None:
        """End every watch of a resource that is no longer served."""
        hub = self._hubs.pop(keys.prefix(kind), None)
        if hub is not None:
            hub.close()

    def watch(
        self,
        kind: Kind,
        namespace: str,
        options: ListOptions,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None = None,
    ) -> Subscription:
        """Start a watch.

        Without a version, or from "0", it begins with the present objects as ADDED.  When the version is too
        old the watch starts and says so with an ERROR, as over the network.
        """
        selection = self.select(kind, namespace, options)
        version = parse_version(options.resource_version)
        hub = self.hub(kind)
        try:
            if options.send_initial_events or (
                options.resource_version in ("", "0") and options.send_initial_events is None
            ):
                self.check_happened(version)
                subscription = self._with_initial_events(hub, kind, selection, options, on_change, on_close)
            else:
                after = version or self._store.revision
                self._check_begun(after)
                subscription = hub.subscribe(
                    selection, on_change, on_close, after=after, remembered=self._cache
                )
        except (CompactedError, StatusError) as problem:
            subscription = hub.subscribe(selection, on_change, on_close)
            subscription.offer(error(self._too_old(version, problem)))
            subscription.close()
            return subscription
        self._set_timers(subscription, hub, options)
        return subscription

    def _check_begun(self, after: int) -> None:
        if self._cache is not None and after < self._cache.begin:
            raise CompactedError(after, self._cache.begin)

    def _too_old(self, version: int, problem: CompactedError | StatusError) -> StatusError:
        """Return what an ERROR in the stream says."""
        if isinstance(problem, StatusError):
            return problem
        if self._cache is None:
            return expired("The resourceVersion for the provided watch is too old.")
        return expired(f"too old resource version: {version} ({problem.oldest})")

    def _with_initial_events(
        self,
        hub: Hub,
        kind: Kind,
        selection: Selection,
        options: ListOptions,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None,
    ) -> Subscription:
        listing = self._page(kind, selection, 0, "", ListOptions())
        subscription = hub.subscribe(selection, on_change, on_close)
        subscription.after = listing.revision
        if not options.resource_version:
            hub.progressed(listing.revision)
        for view in listing.views:
            subscription.offer(Change("ADDED", view))
        if options.allow_bookmarks:
            subscription.offer(bookmark(kind, listing.revision, initial_events_end=True))
        return subscription

    def _set_timers(self, subscription: Subscription, hub: Hub, options: ListOptions) -> None:
        end_s = None
        if options.timeout_s is not None:
            end_s = self._loop.now_s + options.timeout_s
            self._loop.call_at(end_s, subscription.close)
        if options.allow_bookmarks:
            self._loop.call_later(BOOKMARK_EVERY_S, self._bookmark, subscription, hub)
            if options.timeout_s is not None and options.timeout_s > 2:
                self._loop.call_later(options.timeout_s - 2, self._bookmark, subscription, hub, False)

    def _bookmark(self, subscription: Subscription, hub: Hub, again: bool = True) -> None:
        """Tell how far the watch has come, unless that is no further than where it began."""
        if subscription.is_open:
            if hub.reached > subscription.after:
                subscription.offer(bookmark(hub.kind, hub.reached))
            if again:
                self._loop.call_later(BOOKMARK_EVERY_S, self._bookmark, subscription, hub)
