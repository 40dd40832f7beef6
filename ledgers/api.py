"""Imports through the API, in the same steps as the pages: upload → check → store → undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from accounts.models import User
from accounts.requests import user_of
from api.faults import Changed, Conflict, Fault
from api.fields import Chosen, Key, Text, TrueFalse
from api.reading.filters import AreaFilter, MomentFilter, SubtreeFilter
from api.reading.listing import ListViewSet, Scoped
from api.serializers import Strict
from areas.models import Area
from guards.bodies import BESIDE_A_FILE
from ledgers import jobs
from ledgers.reading.matching.decisions import Answer
from ledgers.reading.questions import NotAsked, decide
from ledgers.tasks import start_import
from ledgers.undoing import batch_version, undo_batch
from reviews.models import ImportBatch, ImportJob, JobState, workbook_choices
from reviews.services import Refusal, TransitionError


class FindingSerializer(serializers.Serializer[dict[str, str]]):
    """A problem or a warning at a cell."""

    sheet = serializers.CharField()
    cell = serializers.CharField()
    column = serializers.CharField()
    message = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer[ImportJob]):
    """An upload on its way to a batch."""

    class Meta:
        model = ImportJob
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "file_name",
            "area",
            "state",
            "created_at",
            "settled_at",
            "message",
            "batch",
        )
        read_only_fields = fields


class OptionSerializer(serializers.Serializer[object]):
    """A stored record that a doubtful row may correct."""

    record = serializers.IntegerField(help_text="原记录编号")
    title = serializers.CharField(help_text="原记录")
    area = serializers.CharField(help_text="地区")
    status = serializers.CharField(help_text="状态")
    is_editable = serializers.BooleanField(help_text="填报员现在可否修改")
    changes = serializers.ListField(child=serializers.CharField(), help_text="将有的修改")


class QuestionSerializer(serializers.Serializer[object]):
    """A doubtful row: it corrects one of the records, or is another fact."""

    place = serializers.CharField(help_text="工作表和行，如 Sheet1!5")
    sheet = serializers.CharField(help_text="工作表")
    row = serializers.IntegerField(help_text="行")
    title = serializers.CharField(help_text="本行的名称")
    area = serializers.CharField(help_text="本行的地区")
    options = OptionSerializer(many=True)


class ImportDetailSerializer(ImportSerializer):
    """An upload with the result of its check: row counts by outcome, and at most 3,000 findings of
    each kind."""

    rows = serializers.SerializerMethodField(help_text="数据行数")
    outcomes = serializers.CharField(
        read_only=True, help_text="核对结果的摘要：结果变了，摘要就变；核对之前为空"
    )
    counts = serializers.SerializerMethodField(
        help_text="新增 new、修改 changed、相同 same、疑似修改 doubtful、须改正 problem"
    )
    problems = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField(help_text="疑似修改的行，须逐行选择")

    class Meta(ImportSerializer.Meta):
        fields = (
            *ImportSerializer.Meta.fields,
            "rows",
            "outcomes",
            "counts",
            "problems",
            "warnings",
            "questions",
        )

    def get_rows(self, job: ImportJob) -> int:
        """Return the number of data rows."""
        return int(job.found.get("rows", 0))

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, job: ImportJob) -> dict[str, int]:
        """Return the number of rows by outcome."""
        return dict(job.found.get("counts", {}))

    @extend_schema_field(FindingSerializer(many=True))
    def get_problems(self, job: ImportJob) -> list[dict[str, str]]:
        """Return the findings that must be corrected."""
        return list(job.found.get("problems", []))

    @extend_schema_field(FindingSerializer(many=True))
    def get_warnings(self, job: ImportJob) -> list[dict[str, str]]:
        """Return the findings that do not block the import."""
        return list(job.found.get("warnings", []))

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, job: ImportJob) -> list[dict[str, object]]:
        """Return the doubtful rows, each with the records that it may correct."""
        return list(job.found.get("questions", []))


class DecisionSerializer(Strict):
    """The decision about one doubtful row."""

    place = Text(help_text="工作表和行，如 Sheet1!5")
    record = Key(allow_null=True, help_text="要修改的原记录的编号；另一笔为 null")


class RecheckSerializer(Strict):
    """Decisions about doubtful rows; the file is checked again with them."""

    decisions = serializers.ListField(
        child=DecisionSerializer(), required=False, help_text="对疑似修改的行的选择"
    )
    others = Chosen(
        choices=[(Answer.ASK, "逐行选择"), (Answer.CHANGE, "修改原记录"), (Answer.NEW, "另一笔")],
        required=False,
        help_text="其余疑似修改的行",
    )


class UploadSerializer(Strict):
    """A workbook of a ledger kind; it is imported into the user's own area."""

    kind = Chosen(choices=workbook_choices(), help_text="台账种类")
    file = serializers.FileField(
        allow_empty_file=True, help_text="Excel 工作簿（.xlsx），不超过30兆"
    )


class CommitSerializer(Strict):
    """Whether the stored records are also submitted."""

    submit = TrueFalse(required=False, help_text="写入后提交审核")
    reason = Text(
        required=False, max_length=200, help_text="对各条提示的说明，不填的按“台账导入”说明"
    )
    outcomes = Text(
        required=False, help_text="所见核对结果的摘要（outcomes）；此后重新核对出别的结果的，不写入"
    )


class ImportFilterSet(django_filters.FilterSet):
    """Filters uploads by ledger kind and state."""

    kind = django_filters.MultipleChoiceFilter(choices=workbook_choices(), label="台账")
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices, label="进度")


def _only_clerks(request: Request) -> User:
    user = user_of(request)
    if not user.is_clerk:
        raise PermissionDenied("只有填报员可以导入台账", "role")
    return user


def _ask_again(job: ImportJob, given: Mapping[str, Any]) -> bool:
    """Check a job again with the decisions given; False when it is in another state by now."""
    chosen = {each["place"]: each["record"] for each in given.get("decisions", ())}
    others = Answer(given.get("others") or Answer.ASK)
    if not chosen and others == Answer.ASK:
        return jobs.ask_to_check(job)
    try:
        return decide(job, chosen, others)
    except NotAsked as refused:
        raise Fault(str(refused), "not_asked") from None


class ImportViewSet(ListViewSet):
    """Uploads (上传的台账): each clerk sees their own."""

    queryset = ImportJob.objects.select_related("area").defer("content")
    serializer_class = ImportSerializer
    filterset_class = ImportFilterSet
    order_fields = ("-id",)
    most_body_bytes = jobs.MOST_BYTES + BESIDE_A_FILE

    @override
    def get_queryset(self) -> QuerySet[ImportJob]:
        """Return the user's own uploads into areas that are still theirs."""
        user = user_of(self.request)
        rows = super().get_queryset().filter(created_by=user)
        rows = rows.filter(area__in=Area.objects.visible_to(user))
        return rows.defer("content", "found") if self.is_list else rows

    @override
    def get_serializer_class(self) -> type[ImportSerializer]:
        """Include the findings, except in lists."""
        return ImportSerializer if self.action == "list" else ImportDetailSerializer

    @override
    def get_parsers(self) -> list[BaseParser]:
        """Parse an upload as a multipart form."""
        is_upload = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if is_upload else super().get_parsers()

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Store and check an upload; a worker checks a long file: poll until its state is `checked`."""
        user = _only_clerks(request)
        sent: Any = request.data
        for name in sent:
            if len(sent.getlist(name)) > 1:
                raise ValidationError({name: [ErrorDetail("只能给一个值", "repeated")]})
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        try:
            content = jobs.content_of(file)
            job = jobs.create_job(
                given.validated_data["kind"], content, file.name, by=user, root=user.own_area
            )
        except jobs.UploadRefused as refused:
            raise Fault(str(refused), "upload") from None
        start_import(job)
        return self._respond(job, status.HTTP_201_CREATED)

    @extend_schema(request=CommitSerializer)
    @action(["post"], detail=True)
    def commit(self, request: Request, pk: str) -> Response:
        """Store all checked rows, or none.

        Where the data that the file meets has changed since the check, nothing is stored: the state
        is `checked` again, with a message and the new result.
        """
        job = self.get_object()
        _only_clerks(request)
        given = CommitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        is_submitted = given.validated_data.get("submit", False)
        reason = given.validated_data.get("reason", "")
        if given.validated_data.get("outcomes", job.outcomes) != job.outcomes:
            raise Conflict("该文件重新核对过，没有写入：请取得新的核对结果后再写入")
        if not jobs.ask_to_import(job, is_submitted=is_submitted, reason=reason):
            raise Conflict("该文件现在不能写入：须已核对、没有须改正的问题，并有新增或修改的内容")
        start_import(job)
        return self._respond(job)

    @extend_schema(request=RecheckSerializer)
    @action(["post"], detail=True)
    def check(self, request: Request, pk: str) -> Response:
        """Check the file again: the data has changed since, or there are decisions about doubtful
        rows."""
        job = self.get_object()
        _only_clerks(request)
        given = RecheckSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not _ask_again(job, given.validated_data):
            raise Conflict("该文件现在不能重新核对")
        start_import(job)
        return self._respond(job)

    def _respond(self, job: ImportJob, code: int = status.HTTP_200_OK) -> Response:
        stored = self.get_queryset().get(pk=job.pk)
        headers = {"Location": self.reverse_action("detail", args=[job.pk])}
        detail = ImportDetailSerializer(stored, context=self.get_serializer_context())
        is_new = code == status.HTTP_201_CREATED
        return Response(detail.data, code, headers=headers if is_new else None)


class BatchSerializer(serializers.ModelSerializer[ImportBatch]):
    """A ledger that was imported."""

    created_by = serializers.StringRelatedField[User](label="导入人")
    undone_by = serializers.StringRelatedField[User](allow_null=True, label="撤销人")

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "file_name",
            "sha256",
            "area",
            "created_by",
            "created_at",
            "row_count",
            "created_counts",
            "changed_count",
            "same_count",
            "undone_at",
            "undone_by",
        )
        read_only_fields = fields


class BatchDetailSerializer(BatchSerializer):
    """A batch with the version of all records that undoing it would touch."""

    version = serializers.SerializerMethodField(help_text="撤销时可带上，其间有变化的不撤销")

    class Meta(BatchSerializer.Meta):
        fields = (*BatchSerializer.Meta.fields, "version")
        read_only_fields = fields

    def get_version(self, batch: ImportBatch) -> str:
        """Return the version; it changes with every record of the batch."""
        return batch_version(batch)


class UndoSerializer(Strict):
    """The batch as the client has seen it."""

    version = Text(
        required=False, help_text="读取批次时得到的 version；其后有记录变化的，不撤销（412）"
    )


class BatchFilterSet(django_filters.FilterSet):
    """Filters batches by ledger kind, area and time."""

    kind = django_filters.MultipleChoiceFilter(choices=workbook_choices(), label="台账")
    area = AreaFilter(field_name="area_id", label="地区")
    within = SubtreeFilter(label="地区及其下级")
    created_since = MomentFilter(field_name="created_at", lookup_expr="gte", label="此后导入的")


class BatchViewSet(Scoped, ListViewSet):
    """Import batches (导入批次) of the user's area."""

    queryset = ImportBatch.objects.select_related("created_by", "undone_by")
    serializer_class = BatchSerializer
    filterset_class = BatchFilterSet
    order_fields = ("-id", "created_at")

    @extend_schema(responses=BatchDetailSerializer)
    @override
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return one batch, with its version."""
        return self._respond()

    @extend_schema(request=UndoSerializer, responses=BatchDetailSerializer)
    @action(["post"], detail=True)
    @transaction.atomic
    def undo(self, request: Request, pk: str) -> Response:
        """Undo the whole batch; with `version`, only if no record of it has changed since."""
        batch = self.get_object()
        user = _only_clerks(request)
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            undo_batch(batch, by=user, seen=given.validated_data.get("version"))
        except TransitionError as error:
            if error.refusal == Refusal.CHANGED:
                raise Changed(str(error)) from None
            raise Conflict(str(error)) from None
        return self._respond()

    def _respond(self) -> Response:
        context = self.get_serializer_context()
        return Response(BatchDetailSerializer(self.get_object(), context=context).data)
