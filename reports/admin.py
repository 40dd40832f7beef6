"""Pages of reports: state, draft, sealing, download."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import TabularInline
from unfold.decorators import action, display

from reports.files import download_name, workbook_path
from reports.models import Edition, Report, ReportState
from reports.sealing import SealError, seal
from reviews.scoped_admin import ReadOnlyAdmin


class EditionInline(TabularInline):
    """Sealed editions with their files."""

    model = Edition
    hide_title = True
    fields = readonly_fields = ("number", "sealed_by", "sealed_at", "reason", "sha256", "download")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only sealing makes one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the report."""
        return True

    @display(description="工作簿")
    def download(self, edition: Edition) -> Any:
        """A link to the workbook."""
        address = reverse("admin:reports_edition_download", args=[edition.pk])
        return format_html('<a class="link" href="{}">下载 Excel</a>', address)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """进展报告: business data, so not for the auditor."""

    list_display = ("__str__", "plan", "area", "due_on", "standing", "prepared_at")
    list_filter = ("state", "plan")
    list_select_related = ("plan", "area")
    fields = ("plan", "area", "due_on", "standing", "prepared_at", "draft_table")
    readonly_fields = ("standing", "draft_table")
    inlines = (EditionInline,)
    actions_detail = ("seal_one",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's own subtree."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)  # type: ignore[no-any-return]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Roles that see records."""
        return bool(request.user.is_authenticated and request.user.sees_records)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the list."""
        return self.has_module_permission(request)

    @display(description="状态", label={"已报": "success", "待报": "info", "逾期": "danger"})
    def standing(self, report: Report) -> str:
        """待报, 已报 or 逾期."""
        return report.standing.label

    @display(description="草稿数据")
    def draft_table(self, report: Report) -> Any:
        """The figures as prepared."""
        return format_html_join(
            "\n",
            '<div class="draft-line"><span>{}</span><b>{}</b><span>目标 {}</span><span>{}</span></div>',
            (
                (item["name"], item["value_text"], item["target_text"], item["status_label"])
                for item in report.draft.get("indicators", [])
            ),
        )

    def has_seal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The reviewer of the report's area."""
        user: Any = request.user
        if not (user.is_authenticated and user.is_reviewer):
            return False
        if object_id is None:
            return True
        report = self.get_object(request, object_id)
        return report is not None and user.covers(report.area_id)

    @action(description="封存上报", permissions=["seal"], icon="verified")
    def seal_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then seal an edition."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404
        back = reverse("admin:reports_report_change", args=[report.pk])
        if request.method == "POST":
            try:
                edition = seal(report, by=request.user, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
            except SealError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"已封存{edition}")
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": f"封存{report}",
            "opts": self.opts,
            "report": report,
            "is_correction": report.state == ReportState.FILED,
            "back": back,
        }
        return TemplateResponse(request, "reports/seal.html", context)

    def get_urls(self) -> list[Any]:
        """The download of an edition's workbook."""
        own = path(
            "editions/<int:pk>/",
            self.admin_site.admin_view(self.download),
            name="reports_edition_download",
        )
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The workbook as it was sealed; out of scope is not found."""
        visible: QuerySet[Report] = self.get_queryset(request)
        edition = Edition.objects.filter(pk=pk, report__in=visible).first()
        if edition is None or not workbook_path(edition).exists():
            raise Http404
        stream = workbook_path(edition).open("rb")
        return FileResponse(stream, as_attachment=True, filename=download_name(edition))
