"""The API of reports and sealed editions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import user_of
from api.faults import Conflict, fault_of
from api.fields import MOST_WHOLE, Text, Whole
from api.reading.filters import (
    AreaFilter,
    DayFilter,
    KeyFilter,
    MomentFilter,
    SubtreeFilter,
    TextFilter,
    TrueFalseFilter,
)
from api.reading.listing import ListViewSet, Scoped
from api.serializers import Strict
from reports import workflow
from reports.editions.files import DOCUMENT, WORKBOOK, download_name, hash_of, path_of, sha256_of
from reports.models import (
    RECIPIENT_LENGTH,
    Edition,
    FilingStatus,
    Report,
    ReportEvent,
    ReportState,
)
from reports.recipients import Reception, ReceptionState, receptions_of
from reports.workflow import HandlingError, may_judge
from reviews.checks import Problem
from reviews.downloads import file_response, type_of
from reviews.models import REASON_LENGTH


class ReportSerializer(serializers.ModelSerializer[Report]):
    """A report that is owed or filed.

    `file_by` is the day by which the area itself has to file it.
    """

    plan = serializers.SlugRelatedField[Any](slug_field="code", read_only=True, label="方案")
    area_name = serializers.CharField(source="area.short_name", read_only=True, label="地区名称")
    standing = serializers.ChoiceField(
        choices=FilingStatus.choices, read_only=True, label="今天的状态"
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            "id",
            "plan",
            "area",
            "area_name",
            "due_on",
            "file_by",
            "state",
            "standing",
            "prepared_at",
            "first_filed_on",
        )
        read_only_fields = fields


class ReportEventSerializer(serializers.ModelSerializer[ReportEvent]):
    """An event in the life of a report: prepared, filed, received, returned, urged."""

    by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = ReportEvent
        fields = ("action", "by", "at", "note", "edition", "recipient")
        read_only_fields = fields


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """A sealed edition without its content; `figures` are the values as they were sealed."""

    plan = serializers.CharField(source="report.plan.code", read_only=True, label="方案")
    area = serializers.CharField(source="report.area_id", read_only=True, label="地区")
    due_on = serializers.DateField(source="report.due_on", read_only=True, label="报送截止日")
    sealed_by = serializers.StringRelatedField[Any](label="封存人")

    class Meta:
        model = Edition
        fields: tuple[str, ...] = (
            "id",
            "report",
            "plan",
            "area",
            "due_on",
            "number",
            "as_of",
            "is_zero",
            "reason",
            "sealed_by",
            "sealed_at",
            "sha256",
            "previous_sha256",
            "workbook_sha256",
            "document_sha256",
        )
        read_only_fields = fields


class EditionDetailSerializer(EditionSerializer):
    """An edition with its sealed `content`; `sha256` is the digest of exactly that text."""

    content = serializers.CharField(read_only=True, help_text="封存内容（规范化 JSON 原文）")

    class Meta(EditionSerializer.Meta):
        fields = (*EditionSerializer.Meta.fields, "content")


class ReceptionSerializer(serializers.Serializer[Reception]):
    """A recipient of a report: whether it has received or returned the last edition."""

    name = serializers.CharField(source="office.name", label="报送对象")
    state = serializers.ChoiceField(choices=ReceptionState.choices, label="状态")
    by = serializers.CharField(source="event.by", allow_null=True, default=None, label="经办人")
    at = serializers.DateTimeField(allow_null=True, label="时间")
    note = serializers.CharField(source="event.note", default="", label="说明")


class ReportDetailSerializer(ReportSerializer):
    """A report with its editions and events."""

    recipients = serializers.SerializerMethodField()
    editions = serializers.SerializerMethodField()
    events = ReportEventSerializer(many=True, read_only=True)

    class Meta(ReportSerializer.Meta):
        fields = (
            *ReportSerializer.Meta.fields,
            "is_compilation",
            "recipients",
            "editions",
            "events",
        )

    @extend_schema_field(ReceptionSerializer(many=True))
    def get_recipients(self, report: Report) -> list[dict[str, object]]:
        """Return the recipients, each with what it did with the last edition."""
        return [dict(ReceptionSerializer(each).data) for each in receptions_of(report)]

    @extend_schema_field(EditionSerializer(many=True))
    def get_editions(self, report: Report) -> list[dict[str, object]]:
        """Return the editions in the order of their numbers."""
        rows = report.editions.select_related("report__plan", "sealed_by").defer("content")
        return list(EditionSerializer(rows.order_by("number"), many=True).data)


class ReportFilterSet(django_filters.FilterSet):
    """Filter reports by plan, area, state and due day."""

    plan = TextFilter(field_name="plan__code", label="方案编号")
    area = AreaFilter(field_name="area_id", label="报送地区")
    within = SubtreeFilter(label="地区及其下级")
    state = django_filters.MultipleChoiceFilter(choices=ReportState.choices, label="状态")
    due_on_since = DayFilter(field_name="due_on", lookup_expr="gte", label="截止日不早于")
    due_on_until = DayFilter(field_name="due_on", lookup_expr="lte", label="截止日不晚于")


class EditionNumber(Strict):
    """The request to receive a report: the number of the edition that the caller has read."""

    edition = Whole(min_value=1, max_value=MOST_WHOLE, help_text="看过的版次")
    recipient = Text(
        required=False,
        allow_blank=True,
        max_length=RECIPIENT_LENGTH,
        help_text="以哪个报送对象的名义；缺省为本账号所代表、尚未接收的全部",
    )


class Returning(EditionNumber):
    """The request to return a report: the edition that was read, and what has to be mended."""

    reason = Text(allow_blank=True, max_length=REASON_LENGTH, help_text="退回理由，不能为空")


class ReportViewSet(Scoped, ListViewSet):
    """Reports (进展报告) of the user's own subtree.

    They are sealed on the page, by the person who signs.
    """

    queryset = Report.objects.select_related("plan", "area").defer("draft", "narrative")
    serializer_class = ReportSerializer
    filterset_class = ReportFilterSet
    order_fields = ("-id", "due_on", "file_by")

    def get_serializer_class(self) -> type[ReportSerializer]:
        """Use the detailed serializer for a single report."""
        return ReportSerializer if self.action == "list" else ReportDetailSerializer

    @extend_schema(request=EditionNumber)
    @action(["post"], detail=True)
    def receive(self, request: Request, pk: str) -> Response:
        """接收: a reviewer of an area above receives what was filed."""
        return self._judge(EditionNumber, workflow.receive)

    @extend_schema(request=Returning)
    @action(["post"], detail=True, url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回: a reviewer of an area above sends the report back with a reason."""
        return self._judge(Returning, workflow.send_back)

    def _judge(self, shape: type[Strict], act: Callable[..., None]) -> Response:
        report, user = self.get_object(), user_of(self.request)
        if not may_judge(user, report):
            raise PermissionDenied(
                "只有上级地区的审核员（或方案写明的接收账号）可以接收或退回", "role"
            )
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        if not given.validated_data.get("reason", "-"):
            raise fault_of([(0, Problem("required", "reason", "请写明退回理由"))])
        try:
            act(report, by=user, **given.validated_data)
        except HandlingError as error:
            raise Conflict(str(error)) from None
        return Response(self.get_serializer(self.get_object()).data)


class EditionFilterSet(django_filters.FilterSet):
    """Filter editions by report, plan, area and day of sealing."""

    report = KeyFilter(field_name="report_id", label="报告编号")
    plan = TextFilter(field_name="report__plan__code", label="方案")
    area = AreaFilter(field_name="report__area_id", label="报送地区")
    is_zero = TrueFalseFilter(field_name="is_zero", label="零报告")
    sealed_since = MomentFilter(field_name="sealed_at", lookup_expr="gte", label="此后封存的")
    sha256 = TextFilter(label="摘要")


class EditionViewSet(ListViewSet):
    """Sealed editions (封存版次) of the reports in scope."""

    queryset = Edition.objects.select_related("report__plan", "report__area", "sealed_by")
    serializer_class = EditionSerializer
    filterset_class = EditionFilterSet
    order_fields = ("-id", "sealed_at")

    def get_queryset(self) -> QuerySet[Edition]:
        """Return editions of reports in scope; the content is loaded for a single edition only."""
        visible = Report.objects.visible_to(user_of(self.request))
        rows = super().get_queryset().filter(report__in=visible)
        return rows if self.action == "retrieve" else rows.defer("content")

    def get_serializer_class(self) -> type[EditionSerializer]:
        """Use the serializer with the content for a single edition."""
        return EditionDetailSerializer if self.action == "retrieve" else EditionSerializer

    @extend_schema(
        parameters=[OpenApiParameter("kind", str, "path", enum=[WORKBOOK, DOCUMENT])],
        responses={
            (200, type_of(f"x.{WORKBOOK}")): OpenApiTypes.BINARY,
            (200, type_of(f"x.{DOCUMENT}")): OpenApiTypes.BINARY,
        },
    )
    @action(
        ["get"], detail=True, url_path=f"files/(?P<kind>{WORKBOOK}|{DOCUMENT})", url_name="file"
    )
    def file(self, request: Request, pk: str, kind: str) -> HttpResponse:
        """Answer with the sealed workbook or Word document; 404 if the file on disk was changed."""
        edition = self.get_object()
        path = path_of(edition, kind)
        if not path.exists():
            raise NotFound
        data = path.read_bytes()
        if sha256_of(data) != hash_of(edition, kind):
            raise Conflict(
                f"{edition}的文件与封存时不一致，没有提供；请联系系统管理员核验", "touched"
            )
        return file_response(data, download_name(edition, kind))
