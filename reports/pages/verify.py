"""The only page without a login: whether a digest or a file belongs to a sealed edition."""

from __future__ import annotations

import hashlib
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from guards.bodies import BESIDE_A_FILE, takes_body
from reports.models import Edition

#: The largest file that is accepted, in bytes.
MOST_BYTES = 50 * 1024 * 1024
#: How many requests one address may send in a minute.
MOST_A_MINUTE = 30
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TOO_LARGE = "文件超过50兆，不能核验；请改填文件的摘要"
_GENUINE = "属实：与本平台封存的内容一致"
_UNKNOWN = "未找到：本平台没有封存过这样的内容"


@dataclass(frozen=True)
class Answer:
    """The result on the page; `is_genuine` is None if nothing could be looked up."""

    text: str
    is_genuine: bool | None = None
    status: int = 200


# Django would read a form of any size to find its token, so only `_asked` is CSRF-protected.
@takes_body(MOST_BYTES + BESIDE_A_FILE, told=_TOO_LARGE, is_public=True)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify a digest or a file; everybody gets the same three answers."""
    if request.method != "POST":
        return _page(request, None)
    if not _may_ask(request):
        return _page(request, Answer("查询过于频繁，请一分钟后再试", status=429))
    return _asked(request)


@csrf_protect
def _asked(request: HttpRequest) -> HttpResponse:
    file, text = request.FILES.get("file"), request.POST.get("sha256", "")
    return _page(request, _of_file(file) if file else _of_text(text))


def _page(request: HttpRequest, answer: Answer | None) -> HttpResponse:
    status = answer.status if answer else 200
    return TemplateResponse(request, "verify.html", {"answer": answer}, status=status)


def _of_text(text: str) -> Answer:
    digest = "".join(text.split()).lower()
    if not digest:
        return Answer("请填写摘要，或选择要核验的文件", status=400)
    if not _DIGEST.fullmatch(digest):
        return Answer("摘要应为64位的数字和字母（0至9、a至f），请核对后重填", status=400)
    return _looked_up(digest)


def _of_file(file: UploadedFile[bytes]) -> Answer:
    if (file.size or 0) > MOST_BYTES:
        return _too_large()
    if not file.size:
        return Answer("文件是空的，请重新选择", status=400)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return _looked_up(digest.hexdigest())


def _too_large() -> Answer:
    return Answer(_TOO_LARGE, status=413)


def _looked_up(digest: str) -> Answer:
    """Look the digest up with a single query, whatever the answer."""
    held = Q(sha256=digest) | Q(workbook_sha256=digest) | Q(document_sha256=digest)
    held |= Q(sm3=digest) | Q(workbook_sm3=digest) | Q(document_sm3=digest)
    if Edition.objects.filter(held).exists():
        return Answer(_GENUINE, is_genuine=True)
    return Answer(_UNKNOWN, is_genuine=False)


def _may_ask(request: HttpRequest) -> bool:
    """Whether the address may send another request in this minute; one cache entry per address."""
    name, minute = f"verify-{_address(request)}", int(time.time() // 60)
    told = cache.get(name)
    number = told[1] + 1 if told and told[0] == minute else 1
    cache.set(name, (minute, number), 60)
    return bool(number <= MOST_A_MINUTE)


def _address(request: HttpRequest) -> str:
    """Return the caller's address.

    Behind a proxy it is the last one of the header, since earlier ones may be forged. Of an IPv6
    address only the first half counts, since its owner chooses the rest.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.IS_SECURE else ""
    address = forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))
    if ":" in address:
        with suppress(ValueError):
            address = str(ip_network((address, 64), strict=False))
    return hashlib.sha256(address.encode()).hexdigest()[:32]
