"""Pages that revise a plan's targets, their allocations and its counting rules."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.requests import user_of
from accounts.shell import page
from indicators.documents.plans import documents_of
from indicators.models import Indicator, Plan, Target
from indicators.plan.forms import AllocationForm, RuleForm, TargetForm
from indicators.plan.preview import preview_rule
from indicators.plan.proposing.making import allocation_proposal, rule_proposal, target_proposal
from indicators.plan.reporting.sheet import pace_words, report_lines
from indicators.plan.revisions import RevisionError, may_revise, rule_changes, with_rule
from indicators.plan.sheet import (
    allocation_note,
    build_sheet,
    duty_lines,
    plain_alternative,
    task_lines,
)
from indicators.plan.targets import (
    WAYS,
    allocation_areas,
    suggest_allocation,
)
from indicators.progress.target_sentences import demand_text, standing_text
from indicators.rules import RULE_FIELDS, rule_of
from indicators.rules.answers.values import GUIDANCE, is_in_money
from proposals.admin import tell_of
from proposals.kinds import Proposal, ProposalRefused
from proposals.models import PendingChange
from proposals.services import propose
from reviews.addresses import record_address
from reviews.pages.scoped_admin import ReadOnlyAdmin

_MOVED = "{}刚有变化，没有保存；请核对后重新确认"


def stamp(value: object) -> str:
    """A digest of what a page showed, so that nobody confirms what they have not seen."""
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()


class PlanPages(ReadOnlyAdmin):
    """A plan's page and the pages behind its buttons; each view checks the user's rights itself."""

    change_form_template = "indicators/plan_page.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of targets and rules, which have no admin of their own."""
        guarded = self.admin_site.admin_view
        own = [
            path(f"{address}/<int:pk>/{name}/", guarded(view), name=f"indicators_{kind}_{name}")
            for address, kind, name, view in (
                ("targets", "target", "revise", self.revise_view),
                ("targets", "target", "shares", self.allocation_view),
                ("indicators", "indicator", "rule", self.rule_view),
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the plan with its indicators and revisions."""
        plan, context = self.get_object(request, object_id), extra_context or {}
        if plan is not None and self.has_view_permission(request, plan):
            user = user_of(request)
            sections, others = build_sheet(plan, user)
            context |= {
                "sections": sections,
                "documents": documents_of(plan, user),
                "tasks": task_lines(plan),
                "duties": duty_lines(plan),
                "stages": list(plan.stages.all()),
                "others": others,
                "report_lines": report_lines(plan),
                "pace_words": pace_words(plan),
                "may_revise": may_revise(user, plan),
                "guidance": GUIDANCE,
            }
        return super().change_view(request, object_id, form_url, context)

    def _require_revising(self, request: HttpRequest, plan: Plan) -> None:
        """Raise 404 for users who may not read the plan, and 403 for those who may only read it."""
        if not self.has_view_permission(request, plan):
            raise Http404
        if not may_revise(user_of(request), plan):
            raise PermissionDenied

    def _target(self, request: HttpRequest, pk: int) -> Target:
        rows = Target.objects.select_related("indicator__plan").prefetch_related("allocations")
        target: Target = get_object_or_404(rows, pk=pk)
        self._require_revising(request, target.indicator.plan)
        return target

    def _page(
        self, request: HttpRequest, template: str, title: str, **context: object
    ) -> TemplateResponse:
        context |= {"title": title, "opts": self.opts}
        return page(request, f"indicators/{template}", context)

    def _done(self, request: HttpRequest, plan: Plan, text: str) -> HttpResponse:
        messages.success(request, text)
        return HttpResponseRedirect(record_address(plan))

    # 修订目标 -------------------------------------------------------------------------------

    def revise_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form 修订目标, and revise the target when it is sent."""
        target = self._target(request, pk)
        form = TargetForm(target, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                waiting = self._revise(request, target, form)
            except RevisionError as error:
                _tell(form, error)
            else:
                if waiting:
                    return tell_of(request, waiting)
                if note := allocation_note(self._target(request, pk)):
                    messages.warning(request, f"{note}；目标已修订，请核对目标分解")
                return self._done(request, target.indicator.plan, "目标已修订")
        return self._page(
            request,
            "target_revise.html",
            f"修订目标：{target.indicator}",
            form=form,
            target=target,
            standing=standing_text(target),
            demand=demand_text(target.indicator, target),
            allocation_note=allocation_note(target),
            seen=_target_stamp(target),
            back=record_address(target.indicator.plan),
        )

    def _revise(
        self, request: HttpRequest, target: Target, form: TargetForm
    ) -> PendingChange | None:
        if request.POST.get("seen") != _target_stamp(target):
            raise RevisionError(_MOVED.format("目标"))
        given = dict(form.cleaned_data)
        reason = given.pop("reason")
        given.setdefault("at_least", None)
        return _propose(request, target_proposal(target, **given), reason)

    # 目标分解 -------------------------------------------------------------------------------

    def allocation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form 目标分解 with its suggestions, and allocate or withdraw when it is sent."""
        target = self._target(request, pk)
        plan, areas = target.indicator.plan, allocation_areas(target.indicator.plan)
        allocations = {
            allocation.area_id: allocation.value for allocation in target.allocations.all()
        }
        form = AllocationForm(
            target, areas, allocations, request.POST if request.method == "POST" else None
        )
        if form.is_valid():
            try:
                waiting = self._allocate(request, target, form)
            except RevisionError as error:
                _tell(form, error)
            else:
                if waiting:
                    return tell_of(request, waiting)
                note = allocation_note(self._target(request, pk)) or "已取消分解"
                return self._done(request, plan, f"{standing_text(target)}目标{note}")
        suggestions = _suggestions(target)
        return self._page(
            request,
            "target_allocation.html",
            f"目标分解：{target.indicator}",
            form=form,
            rows=form.rows(),
            target=target,
            standing=standing_text(target),
            demand=demand_text(target.indicator, target),
            suggestions=suggestions,
            numbers=_numbers(target, suggestions),
            has_allocations=bool(allocations),
            is_in_money=is_in_money(target.indicator),
            guidance=GUIDANCE,
            seen=_allocation_stamp(target),
            back=record_address(plan),
        )

    def _allocate(
        self, request: HttpRequest, target: Target, form: AllocationForm
    ) -> PendingChange | None:
        if request.POST.get("seen") != _allocation_stamp(target):
            raise RevisionError(_MOVED.format("目标或分解"))
        parts = None if "withdraw" in request.POST else form.allocations()
        return _propose(request, allocation_proposal(target, parts), form.cleaned_data["reason"])

    # 修改口径 -------------------------------------------------------------------------------

    def rule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show every figure under the changed rule, and save the rule when that is confirmed."""
        rows = Indicator.objects.select_related("plan").prefetch_related("targets__allocations")
        indicator: Indicator = get_object_or_404(rows, pk=pk)
        plan, preview = indicator.plan, None
        self._require_revising(request, plan)
        form = RuleForm(indicator, request.POST if request.method == "POST" else None)
        is_sound = form.is_valid()
        if is_sound or (form.is_bound and form.is_told_only):
            try:
                changed = with_rule(indicator, form.rule())
                if is_sound and self._is_confirmed(request, indicator, changed):
                    if waiting := self._change(request, indicator, form):
                        return tell_of(request, waiting)
                    return self._done(request, plan, f"已修改口径：{indicator}")
                preview = _rule_preview(indicator, changed)
            except RevisionError as error:
                _tell(form, error)
        return self._page(
            request,
            "plan_rule.html",
            f"修改口径：{indicator}",
            form=form,
            indicator=indicator,
            rule=rule_of(indicator).text,
            alternatives=[plain_alternative(text) for text in indicator.alternatives],
            back=record_address(plan),
            **(preview or {}),
        )

    def _is_confirmed(self, request: HttpRequest, indicator: Indicator, changed: Indicator) -> bool:
        """Whether this very change was previewed and confirmed; RevisionError where nothing changes."""
        if not rule_changes(indicator, changed):
            raise RevisionError("口径没有变化")
        return "confirmed" in request.POST and (
            request.POST.get("seen") == _rule_stamp(indicator, changed)
        )

    def _change(
        self, request: HttpRequest, indicator: Indicator, form: RuleForm
    ) -> PendingChange | None:
        proposal = rule_proposal(indicator, form.rule(), form.cleaned_data["document_number"])
        return _propose(request, proposal, form.cleaned_data["reason"])


def _propose(request: HttpRequest, proposal: Proposal, reason: str) -> PendingChange | None:
    """Propose a change; return it while it waits, None once it is applied. RevisionError if refused."""
    try:
        change, outcome = propose(proposal, by=user_of(request), reason=reason)
    except ProposalRefused as refused:
        cause = refused.__cause__
        raise cause if isinstance(cause, RevisionError) else RevisionError(str(refused)) from None
    return change if outcome is None else None


def _tell(form: Form, error: RevisionError) -> None:
    """Show the error at the field that it is about, or above the form."""
    names = (error.field, f"share-{error.field}")
    field = next((name for name in names if name in form.fields), None)
    form.add_error(field, str(error))


def _target_stamp(target: Target) -> str:
    return stamp([target.value.normalize(), target.operator, target.at_least])


def _allocation_stamp(target: Target) -> str:
    allocations = sorted(
        (allocation.area_id, allocation.value.normalize())
        for allocation in target.allocations.all()
    )
    return stamp([_target_stamp(target), allocations])


def _rule_stamp(indicator: Indicator, changed: Indicator) -> str:
    return stamp([[getattr(row, name) for name in RULE_FIELDS] for row in (indicator, changed)])


def _rule_preview(indicator: Indicator, changed: Indicator) -> dict[str, object]:
    return {
        "preview": preview_rule(indicator, changed),
        "new_rule": rule_of(changed).text,
        "seen": _rule_stamp(indicator, changed),
    }


def _suggestions(target: Target) -> list[dict[str, Any]]:
    """For each way to allocate, its division of the target, or why there is none."""
    found: list[dict[str, Any]] = []
    for how, label in WAYS.items():
        try:
            allocations = suggest_allocation(target, how)
        except RevisionError as error:
            found.append({"how": how, "label": label, "why_not": str(error)})
        else:
            plain = {code: f"{value.normalize():f}" for code, value in allocations.items()}
            found.append({"how": how, "label": label, "shares": plain})
    return found


def _numbers(target: Target, suggestions: list[dict[str, Any]]) -> dict[str, Any]:
    """The numbers with which the page's script fills in and adds up."""
    return {
        "target": f"{target.value.normalize():f}",
        "unit": target.indicator.unit,
        "shares": {each["how"]: each.get("shares", {}) for each in suggestions},
    }
