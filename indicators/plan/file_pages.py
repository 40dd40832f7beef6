"""Pages that export a plan as a file and load one."""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from unfold.decorators import action

from accounts.requests import user_of
from accounts.shell import page
from guards.bodies import BESIDE_A_FILE
from indicators.models import Plan
from indicators.plan.files import export_plan, read_plan
from indicators.plan.forms import FILE_LIMIT, PlanFileForm
from indicators.plan.preview import preview_plan
from indicators.plan.proposing.making import file_proposal
from indicators.plan.revisions import may_load
from indicators.plan.tables import PlanError
from proposals.admin import tell_of
from proposals.kinds import ProposalRefused
from proposals.services import propose
from reviews.addresses import record_address
from reviews.pages.scoped_admin import ReadOnlyAdmin


class PlanFilePages(ReadOnlyAdmin):
    """The pages 导出方案文件 and 载入方案文件 of the plans' admin."""

    actions_detail = ("export_one",)
    actions_list = ("load_file",)
    #: The page that confirms sends the file once more, as text.
    upload_pages: ClassVar[dict[str, int]] = {"_load_file": 2 * FILE_LIMIT + BESIDE_A_FILE}

    def has_export_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Whoever may load a plan may export it."""
        if object_id is None:
            return self.has_load_permission(request)
        plan = self.get_object(request, object_id)
        if plan is None or not self.has_view_permission(request, plan):
            raise Http404
        return may_load(user_of(request), plan.area_code)

    def has_load_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Whether the user is a reviewer (for the area that the file names) or an administrator."""
        user = user_of(request)
        return bool(
            user.is_authenticated
            and ((user.is_reviewer and user.sees_records) or user.is_administrator)
        )

    @action(description="导出方案文件", permissions=["export"], icon="download")
    def export_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with the plan as a file; allocations and revisions are not in it."""
        plan = self.get_object(request, object_id)
        answer = HttpResponse(export_plan(plan), content_type="application/toml; charset=utf-8")
        answer["Content-Disposition"] = content_disposition_header(True, f"{plan.code}.toml")
        return answer

    @action(description="载入方案文件", permissions=["load"], icon="upload_file")
    def load_file(self, request: HttpRequest) -> HttpResponse:
        """Show the form, then the preview of the chosen file, and load it when that is confirmed."""
        is_sent = request.method == "POST"
        form = PlanFileForm(request.POST, request.FILES) if is_sent and request.FILES else None
        if form is not None and form.is_valid():
            upload = form.cleaned_data["file"]
            return self._preview(request, str(upload.name), upload.read())
        if is_sent and "content" in request.POST:
            return self._confirm(request, *_sent(request))
        return self._ask(request, form or PlanFileForm(request.POST if is_sent else None))

    def _ask(self, request: HttpRequest, form: PlanFileForm) -> HttpResponse:
        return self._answer(request, form=form)

    def _preview(
        self, request: HttpRequest, name: str, raw: bytes, problem: str = ""
    ) -> HttpResponse:
        try:
            preview = preview_plan(read_plan(name, raw), by=user_of(request))
        except PlanError as error:
            return self._answer(request, form=PlanFileForm(), problem=str(error))
        return self._answer(
            request,
            preview=preview,
            problem=problem,
            name=name,
            content=base64.b64encode(raw).decode(),
            reason=request.POST.get("reason", ""),
        )

    def _confirm(self, request: HttpRequest, name: str, raw: bytes) -> HttpResponse:
        try:
            by = user_of(request)
            seen = request.POST.get("seen", "")
            proposal = file_proposal(read_plan(name, raw), raw, by=by, seen=seen)
            change, outcome = propose(proposal, by=by, reason=request.POST.get("reason", ""))
        except (PlanError, ProposalRefused) as error:
            return self._preview(request, name, raw, problem=str(error))
        if outcome is None:
            return tell_of(request, change)
        messages.success(request, outcome.said)
        return HttpResponseRedirect(record_address(Plan.objects.get(pk=outcome.key)))

    def _answer(self, request: HttpRequest, **context: object) -> HttpResponse:
        context |= {
            "title": "载入方案文件",
            "opts": self.opts,
        }
        return page(request, "indicators/plan_load.html", context)


def _sent(request: HttpRequest) -> tuple[str, bytes]:
    """Name and bytes of the file as the preview sent it with the form that confirms it."""
    content = request.POST["content"]
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise SuspiciousOperation from None
    if len(raw) > FILE_LIMIT:
        raise SuspiciousOperation
    return request.POST.get("name", "")[:100], raw
