"""The API's pages for developers, served from this site alone, and its answers to unknown addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from drf_spectacular.plumbing import set_query_parameters
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from api.answering import plain_fault
from api.reading.listing import JsonRefusals
from guards.headers import POLICY, content_policy

Operations = dict[str, dict[str, Any]]


class SchemaView(JsonRefusals, SpectacularAPIView):
    """The OpenAPI document; the same for everybody and generated once per process.

    `?tag=` leaves the operations of one group.
    """

    _document: ClassVar[dict[str, Any]] = {}
    #: The whole document as it is sent, with its content type, by its form: as YAML it takes a
    #: second to write.
    _written: ClassVar[dict[str, tuple[bytes, str]]] = {}

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Return the whole document."""
        if not cls._document:
            cls._document.update(cls.generator_class().get_schema(request=None, public=True))
        return cls._document

    @override
    def _get_schema_response(self, request: Request) -> Response:
        tag = request.query_params.get("tag")
        return Response(_of_group(self.document(), tag) if tag else self.document())

    @override
    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> Response:
        """Send what an earlier request has written, unless a group or a refusal is asked for."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code != 200 or "tag" in request.query_params:
            return answer
        form = answer.accepted_renderer.media_type
        if form not in self._written:
            self._written[form] = answer.render().content, answer["Content-Type"]
        answer.content, answer["Content-Type"] = self._written[form]
        return answer


def _group_of(operation: dict[str, Any]) -> str:
    return str(operation["tags"][0])


def _of_group(document: dict[str, Any], tag: str) -> dict[str, Any]:
    """Return the document with the operations of one group; others stay as they are."""
    paths: Operations = {}
    for path, operations in document["paths"].items():
        kept = {name: each for name, each in operations.items() if _group_of(each) == tag}
        if kept:
            paths[path] = kept
    return document | {"paths": paths}


def _groups(document: dict[str, Any]) -> list[str]:
    """Return the groups of operations in the order of their addresses."""
    operations: list[Operations] = list(document["paths"].values())
    return list(dict.fromkeys(_group_of(each) for path in operations for each in path.values()))


api_schema = SchemaView.as_view()


class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger, which reads the document as JSON: as YAML it takes thirty times as long to write."""

    @override
    def _get_schema_url(self, request: Request) -> str:
        return str(set_query_parameters(super()._get_schema_url(request), format="json"))


swagger = login_required(
    SwaggerView.as_view(url_name="api-schema", template_name="api/swagger.html")
)


class RedocView(SpectacularRedocView):
    """Redoc, which writes its style sheet into the page and searches in a worker of its own.

    It takes a browser a minute to draw all operations, so that the page shows one group at a time.
    """

    @override
    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Show the group that `?tag=` names, at first the first one."""
        answer: Response = super().get(request, *args, **kwargs)
        groups = _groups(SchemaView.document())
        asked = request.query_params.get("tag")
        shown = asked if asked in groups else groups[0]
        url = set_query_parameters(answer.data["schema_url"], tag=shown, format="json")
        answer.data |= {"groups": groups, "shown": shown, "schema_url": url}
        return answer

    @override
    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> Response:
        """Allow both, on this page alone."""
        response[POLICY] = content_policy(
            {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:"}
        )
        return super().finalize_response(request, response, *args, **kwargs)


redoc = login_required(RedocView.as_view(url_name="api-schema", template_name="api/redoc.html"))
#: The logo of Redoc's makers, which the script would load from their site.
_OUTSIDE = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@login_required
@require_GET
@cache_control(max_age=86400)
def redoc_script(request: HttpRequest) -> HttpResponse:
    """Return the shipped Redoc script without the picture that it would load from another site."""
    path = finders.find("drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js")
    text = Path(str(path)).read_text(encoding="utf-8").replace(_OUTSIDE, _NOTHING)
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@csrf_exempt
def no_such_endpoint(request: HttpRequest) -> JsonResponse:
    """Answer 404 in JSON for any unknown address below /api/."""
    return plain_fault(request, 404, "not_found", "没有这个接口地址")
