"""A request that may come twice, done once: `Idempotency-Key`."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

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
#: So long an answer can be told again.
KEPT = datetime.timedelta(days=7)
_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
_KEPT_HEADERS = ("ETag", "Location")


def once(request: Request, act: Callable[[], Response]) -> Response:
    """What `act` answers; for a key that was used before, what it answered then.

    422 where the key came with another request. A refused request leaves its key unused.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        message = f"{HEADER} 应为1至100个可见的英文字符"
        raise ValidationError({HEADER: [ErrorDetail(message, "invalid")]})
    said = _fingerprint(request)
    user = user_of(request)
    with transaction.atomic():
        row, is_fresh = Replay.objects.get_or_create(
            user=user, key=key, defaults={"fingerprint": said}
        )
        if not is_fresh:
            return _again(row, said)
        response = act()
        row.status = response.status_code
        row.body = JSONRenderer().render(response.data).decode()
        row.headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
        row.save()
    return response


def _again(row: Replay, said: str) -> Response:
    if row.fingerprint != said:
        raise Fault(f"该 {HEADER} 已用于另一个请求，请换一个", "key_used")
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return Response(json.loads(row.body), row.status, headers=headers)


def _fingerprint(request: Request) -> str:
    """Method, address, content, and where the caller is: an account that was moved is told nothing of
    where it was. The order of names in an object is no difference."""
    user = user_of(request)
    said: list[Any] = [request.method, request.get_full_path(), request.data, user.area_id]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def clear_replays() -> int:
    """Forget answers whose time is over; how many."""
    return Replay.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
