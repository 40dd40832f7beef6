"""Sealed editions: their files, and whether they are as they were sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from reports.files import DOCUMENT, WORKBOOK, document_path, download_name, path_of
from reports.models import Edition, Report
from reports.pages.shared import for_readers, user_of
from reports.paper.pdf import PdfError, pdf_of
from reports.verifying import verify

_PDF = "pdf"


def _edition(request: HttpRequest, pk: int) -> Edition:
    """The edition of a report in the user's scope."""
    visible = Report.objects.visible_to(user_of(request))
    rows = Edition.objects.filter(report__in=visible).select_related("report__plan", "report__area")
    return get_object_or_404(rows, pk=pk)


@for_readers
@require_GET
def edition_file(request: HttpRequest, pk: int, kind: str) -> Any:
    """The workbook or the Word document as it was sealed; a PDF is made of the latter."""
    edition = _edition(request, pk)
    if kind == _PDF:
        return _pdf(request, edition)
    if kind not in (WORKBOOK, DOCUMENT) or not path_of(edition, kind).exists():
        raise Http404
    stream = path_of(edition, kind).open("rb")
    return FileResponse(stream, as_attachment=True, filename=download_name(edition, kind))


def _pdf(request: HttpRequest, edition: Edition) -> HttpResponse:
    if not document_path(edition).exists():
        raise Http404
    try:
        data = pdf_of(document_path(edition).read_bytes())
    except PdfError as error:
        messages.error(request, str(error))
        return redirect("report", edition.report_id)
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=download_name(edition, _PDF)
    )
    return response


@for_readers
@require_POST
def edition_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Prove one edition against its hash, its columns and its files."""
    edition = _edition(request, pk)
    faults = list(verify(edition))
    for fault in faults:
        messages.error(request, fault)
    if not faults:
        messages.success(request, f"{edition}属实：内容、登记信息和文件均与封存时一致")
    return redirect("report", edition.report_id)
