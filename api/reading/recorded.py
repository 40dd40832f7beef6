"""What the audit log keeps of readings through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Model
from django.http.response import HttpResponseBase

from accounts.api.models import ApiToken
from accounts.requests import user_of
from api.fields import reveals_persons
from audit.acts import Act
from audit.events import record
from reviews.privacy import sensitive_fields

if TYPE_CHECKING:
    from rest_framework.request import Request

#: Seconds within which one caller's further readings of a kind without personal data are not recorded.
_ONCE_IN = 3600


def reads_persons(request: Request, model: type[Model]) -> bool:
    """Return whether an answer with rows of this kind may hold personal data whole."""
    return reveals_persons(request) and bool(sensitive_fields(model))


def note_reading(request: Request, model: type[Model], rows: int, key: str) -> None:
    """Record who read how many rows of a kind: every reading of personal data, else one in an hour.

    `key` names the row that was read; empty for a list. The area is the one that was asked for.
    """
    is_whole = reads_persons(request, model)
    if not is_whole and _was_noted(request, model):
        return
    asked = request.query_params
    name = str(model._meta.verbose_name)
    named = {
        "object_type": model._meta.label_lower,
        "object_key": key,
        "object_name": f"{name} #{key}" if key else name,
    }
    told = "含个人信息全文" if is_whole else "本小时内再次读取同类数据不另记"
    record(
        Act.PERSONAL_REVEALED if is_whole else Act.API_READ,
        area=(asked.get("area") or asked.get("within") or user_of(request).area_id or "")[:12],
        named=named,
        after={"条数": rows},
        detail=f"接口读取{name}{'' if key else '列表'}；{told}",
    )


def rows_in(answer: HttpResponseBase) -> int:
    """Return how many rows a JSON answer holds: those of a page, or one."""
    data: Any = getattr(answer, "data", None)
    return len(data["results"]) if isinstance(data, dict) and "results" in data else 1


def _was_noted(request: Request, model: type[Model]) -> bool:
    """Return whether the caller's readings of a kind were recorded within the hour, and note this one.

    While there is no cache, nobody can know: then each is recorded.
    """
    token = request.auth
    who = f"token-{token.pk}" if isinstance(token, ApiToken) else f"user-{request.user.pk}"
    key = f"api-read-{who}-{model._meta.label_lower}"
    if cache.get(key):
        return True
    cache.set(key, True, _ONCE_IN)
    return False
