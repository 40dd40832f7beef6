"""The library of policy documents (政策文件库): its list with search, and the page of one document."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from policies.models import PolicyDocument, PolicyState
from policies.naming import Library, mentions_of, resting_on
from policies.search import saying
from reviews.addresses import page_address, record_address
from reviews.evidence.attachments import living_attachments
from reviews.querysets import SubmissionQuerySet

_PER_PAGE = 50
#: How many characters of a text are shown around what was searched.
_AROUND = 40
#: The longest search that is looked for.
_LONGEST = 100


@dataclass(frozen=True)
class FoundDocument:
    """A line of the list: the document, whether it holds, and the passage that was searched."""

    document: PolicyDocument
    standing: str
    passage: str


@login_required
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Show the approved documents that the user may read: `?q=` words, `?state=` one state."""
    user = _reader(request)
    words = request.GET.get("q", "").strip()[:_LONGEST]
    state = request.GET.get("state", "")
    library = PolicyDocument.objects.readable_by(user).approved()
    rows = saying(library, words)
    if state in PolicyState.values:
        rows = rows.filter(state=state)
    ordered = rows.select_related("area").order_by(
        F("issued_on").desc(nulls_last=True), "title", "pk"
    )
    shown = Paginator(ordered, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "政策文件库",
        "sentence": _sentence(library),
        "words": words,
        "state": state,
        "states": PolicyState.choices,
        "found": [_line(each, words) for each in shown],
        "shown": shown,
        "query": _query_without_page(request),
        "add_link": page_address(PolicyDocument, "add") if user.is_clerk else "",
    }
    return page(request, "policies/list.html", context)


def _reader(request: HttpRequest) -> User:
    """Return the user, who must be of a role that sees business records; 404 otherwise."""
    user = user_of(request)
    if not user.sees_records:
        raise Http404
    return user


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _sentence(library: SubmissionQuerySet) -> str:
    """`文件库共12份文件：现行有效10份，已废止2份。`"""
    counts = Counter(library.order_by().values_list("state", flat=True))
    parts = [f"{label}{counts[value]}份" for value, label in PolicyState.choices if counts[value]]
    told = f"：{'，'.join(parts)}" if parts else ""
    return f"文件库共{counts.total()}份文件{told}。"


def _line(document: PolicyDocument, words: str) -> FoundDocument:
    return FoundDocument(document, document.standing(), _passage(document, words.split()))


def _passage(document: PolicyDocument, words: list[str]) -> str:
    """Return the passage of the text around the first word that is found there, else the summary."""
    for word in words:
        if found := re.search(re.escape(word), document.text, re.IGNORECASE):
            first, last = max(found.start() - _AROUND, 0), found.end() + _AROUND
            cut = " ".join(document.text[first:last].split())
            return f"{'…' if first else ''}{cut}{'…' if last < len(document.text) else ''}"
    return document.summary


@login_required
@require_safe
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one document: what it says, what it rests on, what rests on it, and who carries it out.

    404 for whoever may not read it: drafts are read in their own area only.
    """
    user = _reader(request)
    rows = PolicyDocument.objects.readable_by(user).living().select_related("area")
    document = get_object_or_404(rows, pk=pk)
    library = Library(user)
    context = {
        "title": document.title,
        "document": document,
        "day": timezone.localdate(),
        "standing": document.standing(),
        "bases": library.read(document.bases),
        "replaced_by": library.read([document.replaced_by] if document.replaced_by else []),
        "resting": resting_on(document, user),
        "mentions": mentions_of(document, user),
        "files": list(living_attachments(document)),
        "record_link": record_address(document) if user.covers(document.area_id) else "",
    }
    return page(request, "policies/policy.html", context)
