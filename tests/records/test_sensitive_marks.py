"""Every text that may say who somebody is bears the mark of personal data, or is exempt for a reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from reviews.privacy import SensitiveText

pytestmark = pytest.mark.once

_LOOKS_PERSONAL = re.compile(
    "姓名|电话|手机|联系|负责人|经办|人员|捐赠人|邮件|邮箱|身份证|住址|家庭"
    "|phone|mobile|contact|leader|handler|donor|person|member|visitor|inspector|email|handled"
)
_UNIT = "写的是单位"
_OFFICIAL = "工作人员以职务身份留痕，须公开可查；只有安全管理员看账号"
EXEMPT = {
    "accounts.User.email": _OFFICIAL,
    "accounts.User.display_name": _OFFICIAL,
    "orgs.Charity.party_contact": _UNIT,
    "orgs.CommunityOrg.party_contact": _UNIT,
    "supervision.HotlineNotice.hotline_number": "单位向社会公布的投诉举报电话",
}


def _texts() -> list[models.Field[Any, Any]]:
    return [
        field
        for model in apps.get_models()
        if not model.__module__.startswith(("django.", "rest_framework", "axes", "django_otp"))
        and not model.__name__.startswith("Historical")
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]


def test_every_text_that_looks_personal_is_marked_or_exempt() -> None:
    looks = {
        f"{field.model._meta.label}.{field.name}"
        for field in _texts()
        if _LOOKS_PERSONAL.search(f"{field.name} {field.verbose_name}")
        and not isinstance(field, SensitiveText)
    }
    assert looks == set(EXEMPT)


def test_the_mark_is_kept_in_the_history() -> None:
    marked = {field.model for field in _texts() if isinstance(field, SensitiveText)}
    assert len(marked) == 12
    for model in marked:
        history = getattr(model, "history", None)
        if history is not None:
            kept = {
                each.name for each in history.model._meta.fields if isinstance(each, SensitiveText)
            }
            assert kept == {
                each.name for each in model._meta.fields if isinstance(each, SensitiveText)
            }
