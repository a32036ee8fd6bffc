"""The REST protocol: from a request to a verb of the server, and from its outcome to a response.

Source: k8s.io/apiserver/pkg/endpoints/handlers/{create,get,update,patch,delete,watch}.go,
k8s.io/apiserver/pkg/endpoints/installer.go@v1.36.2.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from insideout.apiserver import (
    allocated,
    deprecation,
    negotiation,
    parameters,
    protobuf,
    rendering,
    warning,
)
from insideout.apiserver.aggregation import is_api_service
from insideout.apiserver.extensions import UnavailableError
from insideout.apiserver.flowcontrol import keeper as flowcontrol
from insideout.apiserver.kinds import SCALE
from insideout.apiserver.noderequests import NODE_SUBRESOURCES, NodeRequests
from insideout.apiserver.nonresource import answer_path
from insideout.apiserver.objects import go_json, go_yaml
from insideout.apiserver.options import DeleteOptions, WriteOptions, check_delete_body, delete_options
from insideout.apiserver.patching import read_patch
from insideout.apiserver.paths import NoSuchPathError, Target, resolve
from insideout.apiserver.reading import Listing
from insideout.apiserver.requests import ADMIN_GROUPS, Request, Response, WatchStream
from insideout.apiserver.server import ApiServer, Written
from insideout.apiserver.status import (
    StatusError,
    bad_request,
    too_large,
)
from insideout.apiserver.subresources.proxy import Proxy
from insideout.apiserver.users import ADMINISTRATOR, User, as_user
from insideout.apiserver.verbs import verb_of
from insideout.apiserver.views import View

Object = dict[str, Any]

LONGEST_BODY_BYTES = 3 * 1024 * 1024
_WATCH_AT_LEAST_S = 1800.0


class Rest:
    """The server's REST interface: `handle` never raises for anything that a client sends."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self._proxy = Proxy(server)
        self._nodes = NodeRequests(server)
        self._timeouts = server.loop.rng("apiserver/watch-timeouts")

    def handle(self, request: Request) -> Response:
        """Answer one request, with what it should be warned of."""
        with warning.collected() as warnings:
            response = self._answer(request)
        if told := warning.header(warnings):
            response.headers["Warning"] = told
        return response

    def _answer(self, request: Request) -> Response:
        try:
            return self._admit(request)
        except UnavailableError as problem:
            return Response(problem.code, problem.TEXT, "text/plain; charset=utf-8")
        except StatusError as problem:
            response = Response(problem.code, problem.status, negotiation.error_type(request))
            retry_after_s = (problem.status.get("details") or {}).get("retryAfterSeconds")
            if retry_after_s:
                response.headers["Retry-After"] = str(retry_after_s)
            return response
        except NoSuchPathError:
            return Response(404, "404 page not found\n", "text/plain; charset=utf-8")

    def _admit(self, request: Request) -> Response:
        """Find out who asks and whether that user may, then answer."""
        user, server = ADMINISTRATOR, self.server
        if "authorization" in request.headers:
            user = server.accounts.authenticate(request.headers["authorization"])
        elif request.groups is not ADMIN_GROUPS:
            user = User(request.user, request.groups)
        if any(name.startswith("impersonate-") for name in request.headers):
            user = server.access.impersonated(user, request)
        if user is ADMINISTRATOR:
            return self._route(request)
        with as_user(user):
            server.access.check(user, request)
            return self._route(replace(request, user=user.name, groups=tuple(user.groups)))

    def _route(self, request: Request) -> Response:
        parts = request.path.strip("/").split("/")
        passed = self.server.aggregator.pass_on(request.method, parts, request.path, request.body)
        if passed is not None:
            return Response(passed.status, passed.body, "application/json")
        shortest = {"api": 3, "apis": 4}.get(parts[0])
        if shortest is None or len(parts) < shortest:
            parameters.check_timeout(request.query)
            return answer_path(self.server, request, parts)
        target = resolve(self.server.registry, parts)
        self.server.access.ensure_roles(target.kind.group, target.namespace)
        if len(request.body) > LONGEST_BODY_BYTES and isinstance(request.body, bytes):
            raise too_large(LONGEST_BODY_BYTES)
        if is_api_service(target.kind):
            self.server.aggregator.register_local()
        if target.kind.group == flowcontrol.GROUP:
            self.server.flow_control.begin()
        if target.kind.plural == allocated.RESOURCE:
            self.server.addresses.begin()
        if target.subresource == "proxy":
            return self._proxy.answer(request, target)
        verb = verb_of(request, target)
        try:
            return self._dispatch(request, target, verb)
        finally:
            warning.warn_first(deprecation.of(self.server.registry, target.kind))

    def _dispatch(self, request: Request, target: Target, verb: str) -> Response:
        if target.subresource in NODE_SUBRESOURCES:
            return self._nodes.answer(request, target)
        if verb != "watch":
            parameters.check_timeout(request.query)
        if verb == "patch":
            negotiation.patch_type(target.kind, request)  # refused before anything else is looked at
        form = negotiation.negotiate(
            target.kind,
            request,
            watch=verb == "watch",
            single=verb == "get",
            subresource=target.subresource,
        )
        if verb != "watch":
            of_list = verb in ("list", "deletecollection")
            rendering.check(target.kind, form, request.parameter("includeObject"), of_list=of_list)
        handler: Callable[[Request, Target, negotiation.Form], Response] = getattr(self, f"_{verb}")
        return handler(request, target, form)

    def _get(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        self.server.reader.check_version(request.parameter("resourceVersion"))
        view = self.server.get(target.kind, target.namespace, target.name, target.subresource)
        return self._show(200, request, target, form, view)

    def _list(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        options = parameters.list_options(request.query)
        listing = self.server.list(target.kind, target.namespace, options)
        body = self._many(request, target, form, listing)
        return Response(200, body, form.media_type)

    def _watch(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        negotiation.check_stream(request)
        options = parameters.list_options(request.query, watch=True)
        if target.name:
            options = replace(options, field_selector=f"metadata.name={target.name}")
        if options.timeout_s is None:
            timeout_s = _WATCH_AT_LEAST_S * (1 + self._timeouts.random())
            options = replace(options, timeout_s=timeout_s)
        renderer = rendering.EventRenderer(
            target.kind, form, request.parameter("includeObject"), self.server.loop.time
        )
        stream = WatchStream(renderer)
        stream.subscription = self.server.watch(
            target.kind, target.namespace, options, stream.put, stream.close
        )
        return Response(200, stream, form.media_type)

    def _create(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        options = parameters.write_options(request, "CreateOptions")
        media_type = negotiation.body_type(request)
        server, kind = self.server, target.kind
        if target.subresource:
            answer = server.post(
                kind, target.namespace, target.name, target.subresource, request.body, media_type, options
            )
            return Response(201, answer, form.media_type)
        if kind.verbs == ("create",):
            return self._review(request, target, form, media_type, options)
        written = server.create(kind, target.namespace, request.body, options, media_type)
        return self._show_written(request, target, form, written, 201)

    def _review(
        self,
        request: Request,
        target: Target,
        form: negotiation.Form,
        media_type: str,
        options: WriteOptions,
    ) -> Response:
        if target.kind.kind == "Binding":
            return self._bind(request, target, form, media_type)
        answer, warnings = self.server.review(
            target.kind, target.namespace, request.body, options, media_type
        )
        warning.warn_first(warnings)
        return Response(201, answer, form.media_type)

    def _bind(self, request: Request, target: Target, form: negotiation.Form, media_type: str) -> Response:
        """Answer POST .../bindings, the old place of a pod's binding subresource."""
        binding, _ = self.server.read(target.kind, request.body, media_type, "")
        options = parameters.write_options(request, "CreateOptions")
        pods, name = self.server.kind("", "v1", "pods"), binding["metadata"].get("name", "")
        answer = self.server.post(pods, target.namespace, name, "binding", binding, media_type, options)
        return Response(201, answer, form.media_type)

    def _update(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        options = parameters.write_options(request, "UpdateOptions")
        media_type = negotiation.body_type(request)
        written = self.server.update(
            target.kind,
            target.namespace,
            target.name,
            target.subresource,
            request.body,
            options,
            media_type,
        )
        return self._show_written(request, target, form, written, 200)

    def _patch(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        type_ = negotiation.patch_type(target.kind, request)
        options = parameters.write_options(request, "PatchOptions", apply=type_ == "apply")
        patch = read_patch(type_, request.body)
        written = self.server.patch(
            target.kind, target.namespace, target.name, target.subresource, type_, patch, options
        )
        return self._show_written(request, target, form, written, 200)

    def _delete(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        options = self._delete_options(request)
        answer, gone = self.server.delete(target.kind, target.namespace, target.name, options)
        code = 202 if not gone and options.orphan_dependents is False else 200
        if isinstance(answer, View):
            return self._show(code, request, target, form, answer)
        return Response(code, answer, form.media_type)

    def _deletecollection(self, request: Request, target: Target, form: negotiation.Form) -> Response:
        selection = parameters.list_options(request.query)
        options = self._delete_options(request)
        listing = self.server.delete_collection(target.kind, target.namespace, selection, options)
        body = self._many(request, target, form, listing)
        return Response(200, body, form.media_type)

    def _delete_options(self, request: Request) -> DeleteOptions:
        if request.body:
            body = _delete_body(request)
            options = delete_options(body)
        else:
            options = parameters.delete_parameters(request.query)
        parameters.check_delete_options(options)
        return replace(options, user=request.user)

    def _show_written(
        self, request: Request, target: Target, form: negotiation.Form, written: Written, code: int
    ) -> Response:
        warning.warn_first(written.warnings)
        return self._show(201 if written.created else code, request, target, form, written.view)

    def _show(
        self, code: int, request: Request, target: Target, form: negotiation.Form, view: View
    ) -> Response:
        include_object = request.parameter("includeObject")
        now = self.server.loop.time()
        kind = SCALE if target.subresource == "scale" else target.kind
        return Response(code, rendering.one(kind, view, form, include_object, now), form.media_type)

    def _many(self, request: Request, target: Target, form: negotiation.Form, listing: Listing) -> Object:
        include_object = request.parameter("includeObject")
        return rendering.many(target.kind, listing, form, include_object, self.server.loop.time())


def _delete_body(request: Request) -> Object:
    """Return the DeleteOptions in a body; raise 400 when it holds something else."""
    if isinstance(request.body, dict):
        return request.body
    media_type = negotiation.body_type(request)
    try:
        if media_type == protobuf.MEDIA_TYPE:
            return protobuf.read_object(None, request.body)
        body = go_yaml.loads(request.body) if media_type == negotiation.YAML else go_json.loads(request.body)
    except ValueError as problem:
        raise bad_request(f"couldn't get version/kind; json parse error: {problem}") from None
    return check_delete_body(body)
