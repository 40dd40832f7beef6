"""The base of every list of the API: strict parameters, filters, order, pages, and export as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django_filters import FilterSet, MultipleChoiceFilter
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.viewsets import GenericViewSet
from typing_extensions import override

from accounts.requests import user_of
from api.faults import Fault
from api.reading.filters import refuse_unknown
from api.reading.paging import (
    CURSOR,
    ORDERING,
    PAGE_SIZE,
    KeysetPages,
    from_cursor,
    ordering_asked,
    page_size_asked,
)
from api.reading.recorded import note_reading, reads_persons, rows_in

FORMAT = str(api_settings.URL_FORMAT_OVERRIDE)


class JsonRefusals:
    """Answers faults in JSON, whatever format was requested."""

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> Response:
        """Use the requested format for successful responses only."""
        if getattr(response, "exception", False):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]


class ListViewSet(JsonRefusals, GenericViewSet[Any]):
    """A list. `order_fields` may order it, the default first; none of them may be null."""

    pagination_class = KeysetPages
    order_fields: Sequence[str] = ("pk",)
    filterset_class: type[FilterSet] | None = None
    #: Pattern of the primary key in an address; lists with other keys override it.
    lookup_value_regex = "[0-9]{1,18}"

    @override
    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Reject unknown parameters and unsupported bodies, after the permission checks."""
        super().initial(request, *args, **kwargs)
        if self.action is None:  # the list does not support the method
            return
        if request.method not in SAFE_METHODS:
            self._refuse_other_bodies(request)
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        known = {FORMAT}
        if self.is_list:
            known |= {CURSOR, PAGE_SIZE, ORDERING, *filters}
        repeatable = {
            name for name, each in filters.items() if isinstance(each, MultipleChoiceFilter)
        }
        refuse_unknown(request, known, repeatable)

    def _refuse_other_bodies(self, request: Request) -> None:
        """Reject a body of another type (415) or without a length (411), which would be ignored
        otherwise."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        length = request.META.get("CONTENT_LENGTH")
        if length not in (None, "", "0") and kind not in {
            parser.media_type for parser in self.get_parsers()
        }:
            raise UnsupportedMediaType(kind)
        if "Transfer-Encoding" in request.headers and not length:
            raise Fault("请求须写明 Content-Length", "length_required", status_code=411)

    @override
    def get_renderers(self) -> list[BaseRenderer]:
        """Offer file formats for lists in addition to JSON."""
        plain = super().get_renderers()
        is_one = self.detail or self.action not in (None, "list")
        return plain if is_one else [*plain, *map(_instance, settings.API_FILE_RENDERERS)]

    @property
    def is_list(self) -> bool:
        """Whether the request asks for the list."""
        return getattr(self, "action", None) == "list"

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        """Return one page; for CSV or Excel all rows that match the filters."""
        rows = self.filter_queryset(self.get_queryset())
        renderer: Any = request.accepted_renderer
        if hasattr(renderer, "stream"):
            page_size_asked(request)  # a file has no pages, but a wrong `page_size` is refused
            ordered = from_cursor(rows, request, ordering_asked(request, self.order_fields))
            answer: HttpResponseBase = renderer.stream(
                ordered, self.get_serializer(), self.file_name
            )
            return answer
        page = self.paginate_queryset(rows)
        data = self.get_serializer(page, many=True).data
        return self.get_paginated_response(data)

    @override
    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> Response:
        """Record who read what; the middleware records files without personal data."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.action in ("list", "retrieve") and answer.status_code == status.HTTP_200_OK:
            self._note(request, answer)
        return answer

    def _note(self, request: Request, answer: HttpResponseBase) -> None:
        view: Any = self
        model = view.queryset.model
        if not answer.streaming:
            key = "" if self.is_list else str(next(iter(self.kwargs.values()), ""))
            note_reading(request, model, rows_in(answer), key)
        elif reads_persons(request, model):
            note_reading(request, model, self.filter_queryset(self.get_queryset()).count(), "")

    @property
    def file_name(self) -> str:
        """The name of a file that holds the list, without extension."""
        view: Any = self
        return str(view.queryset.model._meta.verbose_name)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return one row."""
        return Response(self.get_serializer(self.get_object()).data)


def _instance(name: str) -> BaseRenderer:
    return import_string(name)()


class Scoped:
    """Restricts rows to the user's scope."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return the visible rows, so that any other row is not found."""
        rows: Any = super().get_queryset()  # type: ignore[misc]
        return rows.visible_to(user_of(self.request))  # type: ignore[attr-defined]
