"""Transitions on the admin pages of a record kind: permissions, confirmation with effects,
execution."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.decorators import action as unfold_action

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from reviews.addresses import list_address
from reviews.checks import Problem, find_all_problems
from reviews.competence import Standing
from reviews.models import Action, Status, Submission
from reviews.pages.attachment_pages import EvidencePages
from reviews.pages.confirmation import SEEN, Confirmation
from reviews.pages.reasons import past_reasons
from reviews.pages.review_page import Review, review_of
from reviews.pages.scoped_admin import NotFoundMixin, ScopedFieldsMixin
from reviews.querysets import SubmissionQuerySet
from reviews.services import (
    RULES,
    Refusal,
    TransitionError,
    allowed_sources,
    movable,
    move_all,
)
from reviews.signals import effect_asked

_LISTED = 100


class TransitionPages(
    EvidencePages, NotFoundMixin, ScopedFieldsMixin, SimpleHistoryAdmin, ModelAdmin
):
    """The five transitions of a record kind, for one record and for a selection."""

    actions = (
        "submit_selected",
        "approve_selected",
        "return_selected",
        "reopen_selected",
        "void_selected",
    )
    actions_detail = ("submit_one", "approve_one", "return_one", "reopen_one", "void_one")

    # --- permissions ------------------------------------------------------------------------

    def _may(
        self, action: Action, request: HttpRequest, object_id: str | int | None = None
    ) -> bool:
        sources = allowed_sources(action, user_of(request))
        if object_id is None or not sources:
            return bool(sources)
        record = self.get_object(request, object_id)
        if record is None:
            return False
        if RULES[action].is_four_eyes and record.submitted_by_id == request.user.pk:
            return False
        # The page of a click that comes too late says what has changed.
        return record.status in sources or "confirmed" in request.POST

    def has_submit_permission(
        self, request: HttpRequest, object_id: str | int | None = None
    ) -> bool:
        """Return whether `reviews.services.RULES` allow a submission."""
        return self._may(Action.SUBMIT, request, object_id)

    def has_approve_permission(
        self, request: HttpRequest, object_id: str | int | None = None
    ) -> bool:
        """Return whether `reviews.services.RULES` allow an approval."""
        return self._may(Action.APPROVE, request, object_id)

    def has_return_permission(
        self, request: HttpRequest, object_id: str | int | None = None
    ) -> bool:
        """Return whether `reviews.services.RULES` allow a return."""
        return self._may(Action.RETURN, request, object_id)

    def has_reopen_permission(
        self, request: HttpRequest, object_id: str | int | None = None
    ) -> bool:
        """Return whether `reviews.services.RULES` allow a reopening."""
        return self._may(Action.REOPEN, request, object_id)

    def has_void_permission(self, request: HttpRequest, object_id: str | int | None = None) -> bool:
        """Return whether `reviews.services.RULES` allow voiding."""
        return self._may(Action.VOID, request, object_id)

    # --- transitions ------------------------------------------------------------------------

    def _transition(
        self,
        request: HttpRequest,
        action: Action,
        rows: SubmissionQuerySet,
        *,
        selected: Sequence[str] = (),
        record: Submission | None = None,
    ) -> HttpResponse | None:
        """Ask for confirmation, with a reason if needed; then move the records and report the
        number.

        Records that differ from what the page showed are not moved: the page says what has changed
        and shows them anew.
        """
        user = user_of(request)
        if "confirmed" in request.POST and self._is_moved(request, action, rows):
            return HttpResponseRedirect(list_address(self.model))
        chosen = movable(rows, action, user)
        named = self.get_queryset(request).filter(pk__in=selected) if selected else rows
        confirmation = Confirmation.of(chosen, named, user, request.POST)
        if record is not None:  # shown as it is by now, never older than its version
            record.refresh_from_db()
        number = chosen.count()
        standing = Standing.of(self.model, user)
        context = {
            "title": f"{action.label}{self.opts.verbose_name}",
            "opts": self.opts,
            "action": action,
            "action_name": request.POST.get("action", ""),
            "selected": selected,
            "is_across": request.POST.get("select_across") == "1",
            "records": [] if record else _with_findings(chosen),
            "review": self._review(record, user) if record else None,
            "movable": number,
            "skipped": rows.count() - number,
            "confirmation": confirmation,
            "effects": _effects(chosen, action, user),
            "needs_reason": RULES[action].needs_reason or standing.steps_in_for(chosen) > 0,
            "competence": standing.sentences(rows, chosen, action),
            "reason": request.POST.get("reason", ""),
            "past_reasons": past_reasons(user, action),
        }
        return page(request, "reviews/transition.html", context)

    def _review(self, record: Submission, user: User) -> Review:
        return review_of(record, [inline.model for inline in self.inlines], user)

    def _is_moved(self, request: HttpRequest, action: Action, rows: SubmissionQuerySet) -> bool:
        """Move exactly the records as the page showed them, or none; tell the user which."""
        reason, seen = request.POST.get("reason", ""), request.POST.get(SEEN, "")
        try:
            moved = move_all(rows, action, by=user_of(request), reason=reason, seen=seen)
        except TransitionError as error:
            is_late = error.refusal == Refusal.CHANGED
            late = f"待处理的记录刚有变化，没有{action.label}任何记录；请核对后重新确认"
            messages.error(request, late if is_late else str(error))
            return False
        level = messages.success if moved else messages.warning
        level(request, f"{action.label}：{moved} 条")
        return True

    def _found(self, request: HttpRequest, object_id: str) -> Submission:
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        return record

    def _one(self, request: HttpRequest, object_id: str, action: Action) -> HttpResponse | None:
        record = self._found(request, object_id)
        rows = self.get_queryset(request).filter(pk=object_id)
        return self._transition(request, action, rows, record=record)

    def _many(
        self, request: HttpRequest, rows: SubmissionQuerySet, action: Action
    ) -> HttpResponse | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        return self._transition(request, action, rows, selected=chosen)

    @unfold_action(description="提交所选", permissions=["submit"])
    def submit_selected(
        self, request: HttpRequest, queryset: SubmissionQuerySet
    ) -> HttpResponse | None:
        """Submit the selected records."""
        return self._many(request, queryset, Action.SUBMIT)

    @unfold_action(description="通过所选", permissions=["approve"])
    def approve_selected(
        self, request: HttpRequest, queryset: SubmissionQuerySet
    ) -> HttpResponse | None:
        """Approve the selected records."""
        return self._many(request, queryset, Action.APPROVE)

    @unfold_action(description="退回所选", permissions=["return"])
    def return_selected(
        self, request: HttpRequest, queryset: SubmissionQuerySet
    ) -> HttpResponse | None:
        """Return the selected records to their clerks."""
        return self._many(request, queryset, Action.RETURN)

    @unfold_action(description="撤回所选的通过", permissions=["reopen"])
    def reopen_selected(
        self, request: HttpRequest, queryset: SubmissionQuerySet
    ) -> HttpResponse | None:
        """Reopen the selected records."""
        return self._many(request, queryset, Action.REOPEN)

    @unfold_action(description="作废所选", permissions=["void"])
    def void_selected(
        self, request: HttpRequest, queryset: SubmissionQuerySet
    ) -> HttpResponse | None:
        """Void the selected records."""
        return self._many(request, queryset, Action.VOID)

    @unfold_action(description="提交", permissions=["submit"], icon="send")
    def submit_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Submit the record of the page."""
        return self._one(request, object_id, Action.SUBMIT)

    @unfold_action(description="通过", permissions=["approve"], icon="check")
    def approve_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Approve the record of the page."""
        return self._one(request, object_id, Action.APPROVE)

    @unfold_action(description="退回", permissions=["return"], icon="undo")
    def return_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Return the record of the page to its clerk."""
        return self._one(request, object_id, Action.RETURN)

    @unfold_action(description="撤回通过", permissions=["reopen"], icon="history")
    def reopen_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Reopen the record of the page."""
        return self._one(request, object_id, Action.REOPEN)

    @unfold_action(description="作废", permissions=["void"], icon="block")
    def void_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Void the record of the page."""
        return self._one(request, object_id, Action.VOID)


def _effects(movable: SubmissionQuerySet, action: Action, user: User) -> list[str]:
    """Return in Chinese sentences how the transition would change the figures."""
    if action == Action.APPROVE:
        rows, is_gain = movable, True
    elif action in (Action.REOPEN, Action.VOID):
        rows, is_gain = movable.filter(status=Status.APPROVED), False
    else:
        return []
    answers = effect_asked.send(movable.model, records=rows, is_gain=is_gain, user=user)
    return [str(sentence) for _, sentences in answers for sentence in sentences or ()]


def _with_findings(rows: SubmissionQuerySet) -> list[tuple[Submission, list[Problem]]]:
    """Return the first records of a set, each with its findings."""
    records = list(rows.select_related(*rows.model.related_for_checks)[:_LISTED])
    return list(zip(records, map(list, find_all_problems(records)), strict=True))
