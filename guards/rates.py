"""Pages that make a whole file: one account may open so many of them in a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from guards.refusals import refusal

_View = TypeVar("_View", bound=Callable[..., Any])


def makes_a_file(view: _View) -> _View:
    """Answer 429 once an account has opened more such pages in this minute than the setting PAGE_RATE allows.

    While the cache does not answer, nothing is counted.
    """

    @wraps(view)
    def counted(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        if settings.PAGE_RATE and _number(request) > settings.PAGE_RATE:
            answer = refusal(request, 429, "生成文件过于频繁，请一分钟后再试。")
            answer["Retry-After"] = "60"
            return answer
        made: HttpResponse = view(request, *args, **options)
        return made

    return cast("_View", counted)


def _number(request: HttpRequest) -> int:
    """Return how many such pages the account opened in this minute, this one included."""
    name, minute = f"files-{request.user.pk}", int(time.time() // 60)
    told = cache.get(name)
    number = told[1] + 1 if told and told[0] == minute else 1
    cache.set(name, (minute, number), 60)
    return int(number)
