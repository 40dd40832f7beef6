"""显示个人信息: the page that shows a record's personal data whole, for a reason that is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import user_of
from accounts.shell import page
from audit.acts import Act
from audit.events import record as record_event
from reviews.fields import history_of
from reviews.models import REASON_LENGTH, Submission
from reviews.privacy import sensitive_fields
from reviews.trail.erasure.requests import may_ask, requests_about
from reviews.trail.erasure.texts import rows_below

if TYPE_CHECKING:
    from accounts.models import User

#: The least length of a reason: 核对 says enough.
_LEAST_REASON = 2


@dataclass(frozen=True)
class Person:
    """One text with personal data: what it is, and its present and earlier values."""

    label: str
    value: str
    earlier: str = ""


def persons_address(record: Submission, user: User) -> str:
    """Return the address of the page for those who may see a record's personal data, else ""."""
    if not may_ask(user, record):
        return ""
    return reverse("record-persons", args=[record._meta.label_lower, record.pk])


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def record_persons(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask for a reason, record it, and show the personal data of a record; 404 for whoever may not."""
    record = readable(kind, pk, user_of(request))
    reason = " ".join(request.POST.get("reason", "").split())
    fault = _fault_of(reason) if request.method == "POST" else ""
    is_shown = request.method == "POST" and not fault
    context = {
        "title": f"{record}：个人信息",
        "record": record,
        "opts": record._meta,
        "reason": reason,
        "fault": fault,
        "most": REASON_LENGTH,
        "kind": kind,
        "persons": _revealed(record, reason) if is_shown else None,
        "requests": requests_about(record),
    }
    return page(request, "reviews/persons.html", context, status=400 if fault else 200)


def readable(kind: str, pk: int, user: User) -> Submission:
    """Return a record whose personal data the user may see; Http404 for any other."""
    rows = _model_of(kind)._default_manager.visible_to(user).select_related("area")
    record: Submission = get_object_or_404(rows, pk=pk)
    if not may_ask(user, record):
        raise Http404
    return record


def _fault_of(reason: str) -> str:
    if _LEAST_REASON <= len(reason) <= REASON_LENGTH:
        return ""
    return f"请填写查看事由，{_LEAST_REASON}至{REASON_LENGTH}字，如 电话核实负责人"


@transaction.atomic
def _revealed(record: Submission, reason: str) -> list[Person]:
    """Return the personal data of a record, and record that they were shown."""
    persons = [*_own(record), *_of_rows(record)]
    labels = list(dict.fromkeys(person.label for person in persons))
    record_event(
        Act.PERSONAL_REVEALED, about=record, after={"fields": "、".join(labels)}, detail=reason
    )
    return persons


def _own(record: Submission) -> Iterator[Person]:
    marks = sensitive_fields(type(record))
    stored = history_of(type(record)).filter(id=record.pk).order_by("-history_date")
    versions = list(stored.values_list(*marks)) if marks else []
    for at, name in enumerate(marks):
        value = getattr(record, name)
        earlier = dict.fromkeys(version[at] for version in versions)
        told = "、".join(each for each in earlier if each and each != value)
        yield Person(str(marks[name].verbose_name), value, told)


def _of_rows(record: Submission) -> Iterator[Person]:
    for row in rows_below(record):
        for name, mark in sensitive_fields(type(row)).items():
            yield Person(f"{row._meta.verbose_name} {mark.verbose_name}", getattr(row, name))


def _model_of(kind: str) -> type[Submission]:
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Submission):
        raise Http404
    return model
