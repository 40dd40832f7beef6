"""What a page answers with a file that was made for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
}


def type_of(name: str) -> str:
    """The content type of a file by its name; KeyError for a kind that nobody makes."""
    return _TYPES[name.rpartition(".")[2]]


def answer(data: bytes, name: str) -> HttpResponse:
    """The file under its name, to be kept nowhere on the way."""
    return HttpResponse(data, content_type=type_of(name), headers=headers_of(name))


def headers_of(name: str) -> dict[str, str]:
    """What goes with a file of this name."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return {"Content-Disposition": str(disposition), "Cache-Control": "no-store"}
