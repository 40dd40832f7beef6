"""The base of every record kind's API: read, enter, change, submit, review; one at a time or many."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.renderers import JSONRenderer
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
    NothingSerializer,
    OwedReasonSerializer,
    ReasonSerializer,
    RecordSerializer,
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
from api.writing.replaying import once
from reviews.models import Action, Submission
from reviews.services import RULES, TransitionError, move_one

#: What a change may name: the ETag of a record as it was read, or any.
IF_MATCH = re.compile(r'"[0-9a-f]{32}"|\*', re.ASCII)
_MOVES = ("submit", "approve", "send_back", "reopen", "void")
#: Actions about one record, which tell it with its problems.
_DETAIL = ("retrieve", "create", "partial_update", *_MOVES)


#: Record kind → its viewset, as far as there is one.
_VIEWSETS: dict[type[Submission], type[RecordViewSet]] = {}


class RecordViewSet(Scoped, ListViewSet):
    """One record kind; a subclass names its `queryset` and the rows that belong to a record.

    A kind needs no subclass of its own without such rows (`viewset_of`).
    """

    queryset: QuerySet[Any]
    related: Sequence[Rows] = ()
    serializer_class: type[RecordSerializer]
    detail_serializer: type[RecordSerializer]
    bulk_serializer: type[Any]

    def __init_subclass__(cls) -> None:
        """Serializers, filters and orders follow from the model."""
        super().__init_subclass__()
        model = cls.queryset.model
        _VIEWSETS[model] = cls
        cls.serializer_class, cls.detail_serializer = record_serializers(model, cls.related)
        cls.bulk_serializer = bulk_serializer(model, cls.serializer_class)
        cls.filterset_class = record_filterset(model)
        day: Any = model._meta.get_field(model.date_field)
        days = () if day.null else (model.date_field,)
        cls.order_fields = ("-id", "updated_at", "created_at", *days)

    @override
    def get_queryset(self) -> QuerySet[Any]:
        """With all that is told of a record."""
        people = ("created_by", "submitted_by", "reviewed_by")
        rows = super().get_queryset().select_related("area", *people)
        return rows.prefetch_related(*(each.accessor for each in self.related))

    @override
    def get_serializer_class(self) -> Any:
        """One record is told with its problems."""
        return self.detail_serializer if self.action in _DETAIL else self.serializer_class

    # one ------------------------------------------------------------------------------------

    @override
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record with its problems; its ETag is what a change names."""
        return self._respond(self.get_object())

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A draft, as complete as the entry form asks."""
        self._only_clerks()
        return once(request, self._create)

    def _create(self) -> Response:
        given = self._given(self.get_serializer(data=self.request.data))
        record = self.queryset.model()
        save_draft(record, given, self.related, self._user)
        return self._respond(record, status.HTTP_201_CREATED)

    @transaction.atomic
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a draft or a returned record: only the fields that are named."""
        record = self.get_object()
        self._only_clerks()
        named = self._named(is_owed=True)
        given = self._given(self.get_serializer(data=request.data, partial=True))
        stored = self._locked(record)
        self._match(stored, named)
        if not stored.is_editable:
            raise Conflict(f"记录当前为“{stored.get_status_display()}”，不能修改")
        save_draft(stored, given, self.related, self._user)
        return self._respond(stored)

    def _given(self, serializer: Any) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _locked(self, record: Submission) -> Any:
        """As stored now, and nobody else changes it meanwhile."""
        rows = self.queryset.model._default_manager
        list(rows.select_for_update(no_key=True).filter(pk=record.pk).values_list("pk"))
        return self._fresh(record)

    def _fresh(self, record: Submission) -> Any:
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
        """Of what the record says: the same until anything of it changes."""
        said = JSONRenderer().render(self.serializer_class(record).data)
        return f'"{hashlib.sha256(said).hexdigest()[:32]}"'

    def _named(self, *, is_owed: bool = False) -> str | None:
        """The state that the request is about; 428 where none is named and one is owed."""
        named = self.request.headers.get("If-Match")
        if named is None:
            if is_owed:
                raise MatchRequired
            return None
        if not IF_MATCH.fullmatch(named):
            raise ValidationError(
                {"If-Match": [ErrorDetail("应为读取时得到的 ETag，或 *", "invalid")]}
            )
        return named

    def _match(self, record: Submission, named: str | None) -> None:
        """412 where the record is in another state."""
        if named not in (None, "*", self._tag(record)):
            raise Changed

    # transitions ----------------------------------------------------------------------------

    @extend_schema(request=ReasonSerializer)
    @action(["post"], detail=True)
    def submit(self, request: Request, pk: str) -> Response:
        """提交审核. Warnings take a reason."""
        return self._move(Action.SUBMIT, ReasonSerializer)

    @extend_schema(request=NothingSerializer)
    @action(["post"], detail=True)
    def approve(self, request: Request, pk: str) -> Response:
        """通过. Never by the one who submitted."""
        return self._move(Action.APPROVE, NothingSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True, url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回, with what has to be mended."""
        return self._move(Action.RETURN, OwedReasonSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True)
    def reopen(self, request: Request, pk: str) -> Response:
        """撤回通过: a fact ceases to be one."""
        return self._move(Action.REOPEN, OwedReasonSerializer)

    @extend_schema(request=OwedReasonSerializer)
    @action(["post"], detail=True)
    def void(self, request: Request, pk: str) -> Response:
        """作废, for good."""
        return self._move(Action.VOID, OwedReasonSerializer)

    @transaction.atomic
    def _move(self, act: Action, shape: type[Any]) -> Response:
        record = self.get_object()
        if self._user.role not in RULES[act].roles:
            raise PermissionDenied(f"{self._user.get_role_display()}不能执行“{act.label}”", "role")
        named = self._named()
        given = self._given(shape(data=self.request.data))
        self._match(self._locked(record), named)
        try:
            move_one(record, act, self._user, given.get("reason", ""))
        except TransitionError as error:
            raise of_transition(error) from None
        return self._respond(record)

    # many -----------------------------------------------------------------------------------

    @action(["post"], detail=False)
    def bulk(self, request: Request) -> Response:
        """Enter up to 10,000 records, and submit them where asked: all of them, or none."""
        self._only_clerks()
        return once(request, self._bulk)

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
        )
        return Response({"count": moved})

    # who ------------------------------------------------------------------------------------

    @property
    def _user(self) -> User:
        return user_of(self.request)

    def _only_clerks(self) -> None:
        if not self._user.is_clerk:
            raise PermissionDenied("只有填报员可以登记和修改", "role")


def viewset_of(kind: type[Submission]) -> type[RecordViewSet]:
    """The viewset of a record kind: its app's own, or else one with all that is common."""
    if kind not in _VIEWSETS:
        members = {"queryset": kind._default_manager.all(), "__doc__": f"{kind.__name__} records."}
        type(f"{kind.__name__}ViewSet", (RecordViewSet,), members)
    return _VIEWSETS[kind]
