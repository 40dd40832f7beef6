"""The API's pages for developers, from this site alone, and the answer where there is nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from reviews.api.answering import plain_fault

swagger = login_required(SpectacularSwaggerView.as_view(url_name="api-schema"))
redoc = login_required(SpectacularRedocView.as_view(url_name="api-schema"))


@csrf_exempt
def no_such_endpoint(request: HttpRequest) -> JsonResponse:
    """Below /api/ even what is not there is told in JSON."""
    return plain_fault(request, 404, "not_found", "没有这个接口地址")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, in JSON below /api/."""
    return plain_fault(request, 400, "invalid", "请求内容有误")
