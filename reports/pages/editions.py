"""The files of sealed editions, and the check that they are as they were sealed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import user_of
from reports.editions.files import DOCUMENT, WORKBOOK, download_name, hash_of, path_of, sha256_of
from reports.editions.verifying import verify
from reports.models import Edition, Report
from reports.paper.pdf import PdfError, pdf_of
from reports.shell import for_readers
from reviews.downloads import file_response

_PDF = "pdf"


def _edition(request: HttpRequest, pk: int) -> Edition:
    """Return the edition if its report is in the user's scope, otherwise 404."""
    visible = Report.objects.visible_to(user_of(request))
    rows = Edition.objects.filter(report__in=visible).select_related("report__plan", "report__area")
    return get_object_or_404(rows, pk=pk)


@for_readers
@require_GET
def edition_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer with the workbook, the Word document or a PDF made of it.

    A file on disk that differs from the sealed one is refused.
    """
    edition = _edition(request, pk)
    source = DOCUMENT if kind == _PDF else kind
    if source not in (WORKBOOK, DOCUMENT) or not path_of(edition, source).exists():
        raise Http404
    data = path_of(edition, source).read_bytes()
    if sha256_of(data) != hash_of(edition, source):
        messages.error(request, f"{edition}的文件与封存时不一致，没有下载；请联系系统管理员核验")
        return redirect("report", edition.report_id)
    try:
        made = pdf_of(data) if kind == _PDF else data
        return file_response(made, download_name(edition, kind))
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("report", edition.report_id)


@for_readers
@require_POST
def edition_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Verify one edition against its hash, its columns and its files."""
    edition = _edition(request, pk)
    faults = list(verify(edition))
    for fault in faults:
        messages.error(request, fault)
    if not faults:
        messages.success(request, f"{edition}属实：内容、登记信息和文件均与封存时一致")
    return redirect("report", edition.report_id)
