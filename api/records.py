"""The base of every record kind's API: read, enter, change, submit and review, singly or in bulk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from accounts.models import User
from accounts.requests import user_of
from api.faults import Changed, Conflict, MatchRequired, of_transition
from api.reading.filters import record_filterset
from api.reading.listing import ListViewSet, Scoped
from api.rows import Rows
from api.serializers import (
    OwedReasonSerializer,
    ReasonSerializer,
    RecordSerializer,
    Strict,
    record_serializers,
)
from api.writing.bulk import (
    TransitionsAnswerSerializer,
    TransitionsSerializer,
    bulk_serializer,
    move_many,
    submit_many,
)
from api.writing.records import save_draft, store_many
from api.writing.replaying import answer_once
from reviews.fields import field_of
from reviews.models import Action, Submission, version_of
from reviews.services import RULES, TransitionError, move_one

#: Pattern of If-Match: the ETag of a record as it was read, or `*` for any version.
IF_MATCH = re.compile(r'"[0-9a-f]{32}"|\*', re.ASCII)
_MOVES = ("submit", "approve", "send_back", "reopen", "void")
#: Actions whose response holds one record with its problems.
_DETAIL = ("retrieve", "create", "partial_update", *_MOVES)


#: Record kind → its viewset, once it exists.
_VIEWSETS: dict[type[Submission], type[RecordViewSet]] = {}


class RecordViewSet(Scoped, ListViewSet):
    """One record kind; a subclass sets `queryset` and the rows that belong to a record.

    A kind without such rows needs no subclass (`viewset_of`).
    """

    queryset: QuerySet[Submission]
    related: Sequence[Rows] = ()
    serializer_class: type[RecordSerializer]
    detail_serializer: type[RecordSerializer]
    bulk_serializer: type[Strict]

    def __init_subclass__(cls) -> None:
        """Derive serializers, filters and orders from the model."""
        super().__init_subclass__()
        model = cls.queryset.model
        _VIEWSETS[model] = cls
        cls.serializer_class, cls.detail_serializer = record_serializers(model, cls.related)
        cls.bulk_serializer = bulk_serializer(model, cls.serializer_class)
        cls.filterset_class = record_filterset(model)
        day = field_of(model, model.date_field)
        days = () if day.null else (model.date_field,)
        cls.order_fields = ("-id", "updated_at", "created_at", *days)

    @override
    def get_queryset(self) -> QuerySet[Any]:
        """Fetch everything that the serializer shows with the records."""
        people = ("created_by", "submitted_by", "reviewed_by")
        rows = super().get_queryset().select_related("area", *people)
        return rows.prefetch_related(*(each.accessor for each in self.related))

    @override
    def get_serializer_class(self) -> type[RecordSerializer]:
        """Include the problems in responses with one record."""
        return self.detail_serializer if self.action in _DETAIL else self.serializer_class

    # --- one record -------------------------------------------------------------------------

    @override
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return one record with its problems; a change must send its ETag."""
        return self._respond(self.get_object())

    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Store a draft, which must be as complete as the entry form requires."""
        self._only_clerks()
        return answer_once(request, self._create)

    def _create(self) -> Response:
        given = self._given(self.get_serializer(data=self.request.data))
        record = self.queryset.model()
        save_draft(record, given, self.related, self._user)
        return self._respond(record, status.HTTP_201_CREATED)

    @transaction.atomic
    def partial_update(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Change the given fields of a draft or a returned record."""
        record = self.get_object()
        self._only_clerks()
        version = self._version(is_owed=True)
        given = self._given(self.get_serializer(data=request.data, partial=True))
        stored = self._locked(record)
        self._match(stored, version)
        if not stored.is_editable:
            raise Conflict(f"记录当前为“{stored.get_status_display()}”，不能修改")
        save_draft(stored, given, self.related, self._user)
        return self._respond(stored)

    def _given(self, serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _locked(self, record: Submission) -> Submission:
        """Lock the record and return it as it is stored now."""
        rows = self.queryset.model._default_manager
        list(rows.select_for_update(no_key=True).filter(pk=record.pk).values_list("pk"))
        return self._fresh(record)

    def _fresh(self, record: Submission) -> Submission:
        found = self.get_queryset().filter(pk=record.pk).first()
        if found is None:
            raise Http404
        return found

    def _respond(self, record: Submission, code: int = status.HTTP_200_OK) -> Response:
        record = self._fresh(record)
        context = self.get_serializer_context()
        headers = {"ETag": self._tag(record)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = self.reverse_action("detail", args=[record.pk])
        return Response(self.detail_serializer(record, context=context).data, code, headers=headers)

    def _tag(self, record: Submission) -> str:
        """Return the ETag: the version that the pages compare, too."""
        return f'"{version_of(record)}"'

    def _version(self, *, is_owed: bool = False) -> str | None:
        """Return the header If-Match; MatchRequired (428) when it is missing and `is_owed`."""
        version = self.request.headers.get("If-Match")
        if version is None:
            if is_owed:
                raise MatchRequired
            return None
        if not IF_MATCH.fullmatch(version):
            raise ValidationError(
                {"If-Match": [ErrorDetail("应为读取时得到的 ETag，或 *", "invalid")]}
            )
        return version

    def _match(self, record: Submission, version: str | None) -> None:
        """Raise Changed (412) when the record is stored in another version."""
        if version not in (None, "*", self._tag(record)):
            raise Changed

    # --- transitions ------------------------------------------------------------------------

    @extend_schema(request=ReasonSerializer)
    @action(["post"], detail=True)
    def submit(self, request: Request, pk: str) -> Response:
        """Submit the record; warnings need a reason."""
        return self._move(Action.SUBMIT, ReasonSerializer)

    @extend_schema(request=ReasonSerializer)
    @action(["post"], detail=True)
    def approve(self, request: Request, pk: str) -> Response:
        """Approve the record; the submitter may not do it.

        Where a lower level decides, a higher one steps in with a reason; a lower one may not.
        """
        return self._move(Action.APPROVE, ReasonSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True, url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Return the record to its clerk with what to correct."""
        return self._move(Action.RETURN, OwedReasonSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True)
    def reopen(self, request: Request, pk: str) -> Response:
        """Reopen an approved record, which is then no longer a fact."""
        return self._move(Action.REOPEN, OwedReasonSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True)
    def void(self, request: Request, pk: str) -> Response:
        """Void the record, which is final."""
        return self._move(Action.VOID, OwedReasonSerializer)

    @transaction.atomic
    def _move(self, act: Action, shape: type[Strict]) -> Response:
        record = self.get_object()
        if self._user.role not in RULES[act].roles:
            raise PermissionDenied(f"{self._user.get_role_display()}不能执行“{act.label}”", "role")
        version = self._version()
        given = self._given(shape(data=self.request.data))
        self._match(self._locked(record), version)
        try:
            move_one(record, act, self._user, given.get("reason", ""))
        except TransitionError as error:
            raise of_transition(error) from None
        return self._respond(record)

    # --- many records -----------------------------------------------------------------------

    @action(["post"], detail=False)
    def bulk(self, request: Request) -> Response:
        """Store up to 10,000 records, and submit them if requested: all of them, or none."""
        self._only_clerks()
        return answer_once(request, self._bulk)

    @transaction.atomic
    def _bulk(self) -> Response:
        given = self._given(self.bulk_serializer(data=self.request.data))
        model = self.queryset.model
        records = store_many(model, given["records"], self.related, self._user)
        if given.get("submit"):
            submit_many(model, records, by=self._user, reason=given.get("reason", ""))
        answer = {"count": len(records), "ids": [record.pk for record in records]}
        return Response(answer, status.HTTP_201_CREATED)

    @extend_schema(request=TransitionsSerializer, responses=TransitionsAnswerSerializer)
    @action(["post"], detail=False)
    def transitions(self, request: Request) -> Response:
        """Submit, approve, return, reopen or void many records: all of them, or none."""
        given = self._given(TransitionsSerializer(data=request.data))
        moved = move_many(
            self.queryset.model,
            given["ids"],
            Action(given["action"]),
            by=self._user,
            reason=given.get("reason", ""),
            versions=given.get("versions", ()),
        )
        return Response({"count": moved})

    # --- permissions ------------------------------------------------------------------------

    @property
    def _user(self) -> User:
        return user_of(self.request)

    def _only_clerks(self) -> None:
        if not self._user.is_clerk:
            raise PermissionDenied("只有填报员可以登记和修改", "role")


def viewset_of(kind: type[Submission]) -> type[RecordViewSet]:
    """Return the viewset of a record kind: its app's own, or else a common one."""
    if kind not in _VIEWSETS:
        members = {"queryset": kind._default_manager.all(), "__doc__": f"{kind.__name__} records."}
        type(f"{kind.__name__}ViewSet", (RecordViewSet,), members)
    return _VIEWSETS[kind]
