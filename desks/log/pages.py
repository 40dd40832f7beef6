"""审计日志: the auditor reads, filters and exports the log; nobody changes or deletes it."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET
from typing_extensions import override
from unfold.contrib.filters.admin import RangeDateFilter, TextFilter
from unfold.decorators import display

from accounts.models import Role
from accounts.requests import user_of
from areas.models import Area
from audit.acts import Act, Outcome
from audit.events import record
from audit.models import AuditEvent
from desks.log.words import after_of, before_of
from reports.columns import Column
from reports.exports.renderers import csv_lines, write_rows
from reviews.downloads import headers_of, marked_for, type_of
from reviews.pages.scoped_admin import ReadOnlyAdmin

#: How many events one file holds; a narrower filter gives the rest.
_MOST = 100_000


class DayFilter(RangeDateFilter):
    """Events of some days, the last one included."""

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model] | None:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(at__gte=first)
        return queryset.filter(at__lt=last + datetime.timedelta(days=1)) if last else queryset

    def _day(self, end: str) -> datetime.datetime | None:
        text = str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
        try:
            day = datetime.date.fromisoformat(text.replace("/", "-"))
        except ValueError:
            return None
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


class _WordFilter(TextFilter):
    """A filter by a word that the auditor writes."""

    def condition(self, text: str) -> Q:
        """Return the condition for a word."""
        raise NotImplementedError

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        text = str(self.value() or "").strip()
        return queryset.filter(self.condition(text)) if text else queryset


class AccountFilter(_WordFilter):
    """Who."""

    title, parameter_name = "账号", "account"

    @override
    def condition(self, text: str) -> Q:
        return Q(username__iexact=text)


class AreaFilter(_WordFilter):
    """In which area: that of the object or of the account, with all below."""

    title, parameter_name = "区划代码或名称", "place"

    @override
    def condition(self, text: str) -> Q:
        codes = [text] if text.isdigit() else list(_codes_of(text))
        found = Q(pk__in=[])
        for code in codes:
            found |= Q(area__startswith=code) | Q(area="", user_area__startswith=code)
        return found


def _codes_of(name: str) -> Iterator[str]:
    found = Area.objects.filter(Q(name=name) | Q(short_name=name))
    yield from found.values_list("code", flat=True)[:20]


class ObjectFilter(_WordFilter):
    """About what: its name or its key."""

    title, parameter_name = "对象名称或编号", "object"

    @override
    def condition(self, text: str) -> Q:
        return Q(object_name__icontains=text) | Q(object_key=text) | Q(object_type=text)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The log of all acts."""

    list_display = (
        "at",
        "username",
        "role_name",
        "act",
        "object_label",
        "area",
        "outcome",
        "address",
        "detail",
    )
    list_filter = (
        ("at", DayFilter),
        AccountFilter,
        "act",
        AreaFilter,
        "outcome",
        ObjectFilter,
    )
    list_filter_submit = True
    change_list_template = "desks/log.html"
    show_full_result_count = False
    fields = (
        *("at", "username", "role_name", "user_area", "address", "agent", "task", "act", "outcome"),
        *("area", "object_label", "before_text", "after_text", "detail"),
    )
    readonly_fields = fields

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        """Let auditors in, nobody else."""
        return bool(request.user.is_authenticated and request.user.is_auditor)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def get_urls(self) -> list[URLPattern]:
        """Add the export before the pages of single events."""
        view = require_GET(self.admin_site.admin_view(self.export))
        return [
            path("export.<slug:kind>", view, name="audit_auditevent_export"),
            *super().get_urls(),
        ]

    @override
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; that it was read is an event, too."""
        answer = super().changelist_view(request, extra_context)
        if self.has_module_permission(request):
            record(Act.LOG_READ, detail=_filters(request))
        return answer

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """Hand out the events that the filters show as CSV or Excel; the export is an event, too."""
        if not self.has_module_permission(request) or kind not in ("csv", "xlsx"):
            return HttpResponse(status=404)
        rows = self.get_changelist_instance(request).get_queryset(request)
        last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rows = rows.filter(pk__lte=last)  # without the event of this export
        count = rows.count()
        if count > _MOST:
            text = f"共{count:,}条，超过一个文件的{_MOST:,}条；请按日期缩小范围后再导出"
            record(Act.EXPORTED, outcome=Outcome.REFUSED, about=None, detail=text)
            return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
        about = {"object_type": "audit.auditevent", "object_name": "审计日志", "object_key": ""}
        record(
            Act.EXPORTED, named=about, after={"条数": count, "格式": kind}, detail=_filters(request)
        )
        with marked_for(user_of(request)):
            return _file(rows, count, kind)

    @display(description="角色")
    def role_name(self, event: AuditEvent) -> str:
        """Return the role's Chinese name."""
        return _role(event)

    @display(description="对象")
    def object_label(self, event: AuditEvent) -> str:
        """Return what the event is about."""
        return _object(event)

    @display(description="变更前")
    def before_text(self, event: AuditEvent) -> str:
        """Return the earlier values, one per line."""
        return before_of(event)

    @display(description="变更后")
    def after_text(self, event: AuditEvent) -> str:
        """Return the later values, one per line."""
        return after_of(event)


#: The filters that an event of reading names; not what else an address holds.
_FILTERS = {
    "at_from": "开始日期",
    "at_to": "结束日期",
    "account": "账号",
    "act__exact": "操作",
    "place": "区划",
    "outcome__exact": "结果",
    "object": "对象",
}


def _filters(request: HttpRequest) -> str:
    """Return the filters of a list in one line."""
    return "；".join(
        f"{_FILTERS[name]}：{value}" for name, value in request.GET.items() if name in _FILTERS
    )


def _role(event: AuditEvent) -> str:
    return dict(Role.choices).get(event.role, event.role)


def _object(event: AuditEvent) -> str:
    return event.object_name or event.object_key


def _moment(event: AuditEvent) -> str:
    return f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"


_Value = Callable[[Any], object]
_COLUMNS: tuple[tuple[str, str, _Value], ...] = (
    ("编号", "text", lambda event: str(event.pk)),
    ("时间", "text", _moment),
    ("账号", "text", lambda event: event.username),
    ("角色", "text", _role),
    ("账号区划", "text", lambda event: event.user_area),
    ("来源地址", "text", lambda event: event.address),
    ("浏览器或程序", "text", lambda event: event.agent),
    ("后台任务或命令", "text", lambda event: event.task),
    ("操作", "text", lambda event: event.get_act_display()),
    ("结果", "text", lambda event: event.get_outcome_display()),
    ("对象", "text", _object),
    ("对象类型", "text", lambda event: event.object_type),
    ("对象区划", "text", lambda event: event.area),
    ("变更前", "text", lambda event: before_of(event)),
    ("变更后", "text", lambda event: after_of(event)),
    ("说明", "text", lambda event: event.detail),
    ("校验值", "text", lambda event: event.mac),
)


def _file(rows: QuerySet[Any], count: int, kind: str) -> HttpResponseBase:
    columns = [Column(title, name, value) for title, name, value in _COLUMNS]
    name = f"审计日志-{timezone.localdate():%Y%m%d}"
    if kind == "csv":
        lines = csv_lines(columns, rows.iterator(chunk_size=1000))
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8", headers=headers_of(f"{name}.csv")
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - deleted when the response closes it
    write_rows(columns, rows, count, "审计日志", file)
    file.seek(0)
    return FileResponse(file, content_type=type_of("x.xlsx"), headers=headers_of(f"{name}.xlsx"))
