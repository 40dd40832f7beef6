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
    headers = {"Cache-Control": "no-store"}
    response = HttpResponse(data, content_type=type_of(name), headers=headers)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return response
