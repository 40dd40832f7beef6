"""更正、删除个人信息: the page on which a person's request about a record is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from proposals.kinds import ProposalRefused
from reviews.addresses import page_address
from reviews.models import Asker, Basis, PersonalAct, Submission
from reviews.pages.persons.showing import readable
from reviews.privacy import holds_identity_number, is_masked
from reviews.trail.erasure.requests import Asked, ask, faults_of
from reviews.trail.erasure.swaps import LEAST
from reviews.trail.erasure.texts import PersonalText, personal_texts


def _required(label: str) -> dict[str, str]:
    return {"required": f"请填写“{label}”", "max_length": f"“{label}”不应超过%(limit_value)d字"}


class RequestForm(forms.Form):
    """What is entered of a request."""

    other = forms.CharField(
        label="其他文字中的内容",
        required=False,
        min_length=LEAST,
        max_length=100,
        error_messages={
            "min_length": "“其他文字中的内容”至少2个字",
            "max_length": "“其他文字中的内容”不应超过100字",
        },
    )
    act = forms.ChoiceField(
        label="处理方式",
        choices=PersonalAct.choices,
        error_messages={"required": "请选择“处理方式”", "invalid_choice": "请选择“处理方式”"},
    )
    new = forms.CharField(
        label="更正为",
        required=False,
        max_length=200,
        error_messages={"max_length": "“更正为”不应超过200字"},
    )
    asker = forms.CharField(label="申请人", max_length=50, error_messages=_required("申请人"))
    standing = forms.ChoiceField(
        label="申请人身份",
        choices=Asker.choices,
        error_messages={"required": "请选择“申请人身份”", "invalid_choice": "请选择“申请人身份”"},
    )
    asked_on = forms.DateField(
        label="申请日期",
        error_messages={
            "required": "请填写“申请日期”",
            "invalid": "“申请日期”应写成 2026-03-01 的样子",
        },
    )
    basis = forms.ChoiceField(
        label="依据",
        choices=Basis.choices,
        error_messages={"required": "请选择“依据”", "invalid_choice": "请选择“依据”"},
    )
    reason = forms.CharField(
        label="理由", min_length=2, max_length=300, error_messages=_required("理由")
    )

    def __init__(self, record: Submission, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._record = record
        self.texts: list[PersonalText] = personal_texts(record)
        self.fields["keys"] = forms.MultipleChoiceField(
            label="项目",
            required=False,
            choices=[(text.key, text.label) for text in self.texts],
            error_messages={"invalid_choice": "所选的项目已有变化，请重新勾选"},
        )

    def clean_asker(self) -> str:
        """Refuse a masked name, which says nothing."""
        return self._whole("asker", "申请人")

    def clean_new(self) -> str:
        """Refuse a masked text and identity numbers."""
        new = self._whole("new", "更正为")
        if holds_identity_number(new):
            raise forms.ValidationError("“更正为”中有身份证号码，系统不登记身份证号码")
        return new

    def _whole(self, name: str, label: str) -> str:
        value = " ".join(str(self.cleaned_data[name]).split())
        if is_masked(value):
            raise forms.ValidationError(f"“{label}”中有“*”，请填写完整内容")
        return value

    def asked(self) -> Asked:
        """Return what is asked; only of a form without faults of its own."""
        given = self.cleaned_data
        act = PersonalAct(given["act"])
        return Asked(
            act=act,
            texts=tuple(text for text in self.texts if text.key in given["keys"]),
            other=given["other"],
            new=given["new"] if act == PersonalAct.CORRECT else "",
            asker=given["asker"],
            standing=Asker(given["standing"]),
            asked_on=given["asked_on"],
            basis=Basis(given["basis"]),
            reason=" ".join(given["reason"].split()),
        )

    @property
    def faults(self) -> list[str]:
        """Return all that is wrong, in Chinese."""
        return [str(fault) for found in self.errors.values() for fault in found]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def record_erase(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Enter a person's request about a record; 404 for whoever may not see its personal data."""
    user = user_of(request)
    record = readable(kind, pk, user)
    form = RequestForm(record, request.POST if request.method == "POST" else None)
    faults = list[str]()
    if request.method == "POST":
        faults = form.faults or list(faults_of(record, form.asked()))
        if not faults:
            try:
                return _asked(request, record, form, user)
            except ProposalRefused as refused:
                faults = [str(refused)]
    context = {
        "title": f"{record}：更正、删除个人信息",
        "record": record,
        "opts": record._meta,
        "kind": kind,
        "form": form,
        "faults": faults,
        "chosen": request.POST.getlist("keys"),
        "today": timezone.localdate().isoformat(),
        "second_person": settings.SECOND_PERSON,
    }
    return page(request, "reviews/erase.html", context, status=400 if faults else 200)


def _asked(request: HttpRequest, record: Submission, form: RequestForm, user: User) -> HttpResponse:
    _, change, outcome = ask(record, form.asked(), by=user)
    if outcome is None:
        messages.success(request, f"已登记“{change.title}”，待另一位审核员确认后生效")
        return redirect("pending-change", pk=change.pk)
    messages.success(request, f"{outcome.said}，已生效")
    return redirect(page_address(type(record), "change", record.pk))
