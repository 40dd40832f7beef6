"""Requests with an `Idempotency-Key`: processed once, however often they are sent."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.models import Replay
from accounts.requests import user_of
from api.faults import Fault

HEADER = "Idempotency-Key"
#: How long the answer to a request is kept.
KEPT = datetime.timedelta(days=7)
_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
_KEPT_HEADERS = ("ETag", "Location")


def answer_once(request: Request, act: Callable[[], Response]) -> Response:
    """Return the response of `act`, or for a key that was used before the stored response.

    Fault (422) when the key came with another request. A refused request does not use its key up.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        message = f"{HEADER} 应为1至100个可见的英文字符"
        raise ValidationError({HEADER: [ErrorDetail(message, "invalid")]})
    fingerprint = _fingerprint(request)
    user = user_of(request)
    with transaction.atomic():
        row, is_fresh = Replay.objects.get_or_create(
            user=user, key=key, defaults={"fingerprint": fingerprint}
        )
        if not is_fresh:
            return _again(row, fingerprint)
        response = act()
        row.status = response.status_code
        row.body = JSONRenderer().render(response.data).decode()
        row.headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
        row.save()
    return response


def _again(row: Replay, fingerprint: str) -> Response:
    if row.fingerprint != fingerprint:
        raise Fault(f"该 {HEADER} 已用于另一个请求，请换一个", "key_used")
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return Response(json.loads(row.body), row.status, headers=headers)


def _fingerprint(request: Request) -> str:
    """Return a digest of method, address, content and the caller's area.

    The area is part of it, so that an account moved to another area learns nothing about the
    former. The order of keys in an object makes no difference.
    """
    user = user_of(request)
    parts = [request.method, request.get_full_path(), request.data, user.area_id]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def clear_replays() -> int:
    """Delete stored answers past their retention; return how many."""
    return Replay.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
