"""Where a record stands, what moves it on, and the reasons that are given."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """Where a record stands; only approved records are facts."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"
    VOID = "void", "已作废"


REASON_LENGTH = 500

#: Reasons that the platform writes where nobody was asked for one.
IMPORT_REASON = "台账导入"
UNDO_REASON = "撤销导入"

#: A clerk may change these.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


def length_fault(text: str, name: str = "理由") -> str:
    """Why a text does not fit where reasons are kept; empty where it does."""
    if len(text) <= REASON_LENGTH:
        return ""
    return f"{name}过长（{len(text)}字），不应超过{REASON_LENGTH}字"


class Action(models.TextChoices):
    """A transition, as it is written into the event."""

    SUBMIT = "submit", "提交"
    APPROVE = "approve", "通过"
    RETURN = "return", "退回"
    REOPEN = "reopen", "撤回通过"
    VOID = "void", "作废"


#: Somebody is overruled, and told why.
REASONED = (Action.REOPEN, Action.RETURN, Action.VOID)
