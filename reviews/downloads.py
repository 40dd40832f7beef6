"""HTTP responses that offer a generated file for download."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

if TYPE_CHECKING:
    from accounts.models import User

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
}


_mark: ContextVar[str] = ContextVar("watermark", default="")


@contextmanager
def marked_for(user: User) -> Iterator[None]:
    """Let the files that are made within bear who gets them and when: `current_mark`.

    Sealed editions are made without: their bytes stay as they were sealed.
    """
    moment = timezone.localtime()
    token = _mark.set(f"{user}（{user.username}） {moment:%Y-%m-%d %H:%M}")
    try:
        yield
    finally:
        _mark.reset(token)


def current_mark() -> str:
    """Return the watermark of the file that is being made; "" for none."""
    return _mark.get()


def type_of(name: str) -> str:
    """Return the content type of a file by its name; KeyError for an extension that is never
    generated."""
    return _TYPES[name.rpartition(".")[2]]


def file_response(data: bytes, name: str) -> HttpResponse:
    """Return a response that offers the file under its name and is never cached."""
    return HttpResponse(data, content_type=type_of(name), headers=headers_of(name))


def headers_of(name: str) -> dict[str, str]:
    """Return the response headers of a file with this name."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return {"Content-Disposition": str(disposition), "Cache-Control": "no-store"}
