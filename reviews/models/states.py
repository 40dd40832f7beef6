"""The status of a record, the actions that change it, and the reasons given for them."""

from __future__ import annotations

from django.db import models

from reviews.privacy import holds_identity_number


class Status(models.TextChoices):
    """The status of a record; only approved records are facts."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"
    VOID = "void", "已作废"


REASON_LENGTH = 500

#: Reasons that the platform itself gives.
IMPORT_REASON = "台账导入"
UNDO_REASON = "撤销导入"

#: Statuses in which a clerk may change a record.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


def text_fault(text: str, name: str = "理由") -> str:
    """Return in Chinese why a text cannot be a reason: too long, or with an identity number; or ""."""
    if len(text) > REASON_LENGTH:
        return f"{name}过长（{len(text)}字），不应超过{REASON_LENGTH}字"
    if holds_identity_number(text):
        return f"{name}中有身份证号码，系统不登记身份证号码，请删去"
    return ""


class Action(models.TextChoices):
    """A transition of a record, as its event stores it."""

    SUBMIT = "submit", "提交"
    APPROVE = "approve", "通过"
    RETURN = "return", "退回"
    REOPEN = "reopen", "撤回通过"
    VOID = "void", "作废"


#: Actions that overrule somebody and therefore need a reason.
REASONED = (Action.REOPEN, Action.RETURN, Action.VOID)
