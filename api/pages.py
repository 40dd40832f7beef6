"""The API's pages for developers, served from this site alone, and its answers to unknown addresses."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
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


class SchemaView(JsonRefusals, SpectacularAPIView):
    """The OpenAPI document; the same for everybody and generated once per process."""

    _document: ClassVar[dict[str, object]] = {}

    @override
    def _get_schema_response(self, request: Request) -> Response:
        if not self._document:
            self._document.update(self.generator_class().get_schema(request=None, public=True))
        return Response(self._document)


api_schema = SchemaView.as_view()
swagger = login_required(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/swagger.html")
)


class RedocView(SpectacularRedocView):
    """Redoc, which writes its style sheet into the page and searches in a worker of its own."""

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
