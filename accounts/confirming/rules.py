"""三员分立: what no account may become, whoever confirms it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import BUSINESS_ROLES, MANAGEMENT_ROLES, Role, User
from proposals.kinds import ProposalRefused

_WHO = "系统管理员、安全管理员和审计员"


def refuse_new(user: User) -> None:
    """Raise ProposalRefused for a new account of a management role with an area."""
    if user.role in MANAGEMENT_ROLES and user.area_id:
        raise ProposalRefused(f"{_WHO}不设管辖区划，请把“管辖区划”留空")


def refuse_change(user: User, values: Mapping[str, object]) -> None:
    """Raise ProposalRefused where an account would mix duties, or nobody would be left for one."""
    role = values.get("role", user.role)
    if role != user.role and not {user.role, role} <= BUSINESS_ROLES:
        raise ProposalRefused(
            "业务账号与管理账号、三种管理账号之间不能互换角色；请停用原账号，另建一个账号"
        )
    if role in MANAGEMENT_ROLES and values.get("area_id"):
        raise ProposalRefused(f"{_WHO}不设管辖区划，请把“管辖区划”留空")
    if user.is_active and values.get("is_active") is False:
        _refuse_last(user)


def _refuse_last(user: User) -> None:
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if user.role == Role.ADMINISTRATOR and not others.filter(role=user.role).exists():
        raise ProposalRefused("这是唯一启用的系统管理员，不能停用；请先新增一个")
    if user.is_auditor and not others.filter(role=user.role).exists():
        raise ProposalRefused("这是唯一启用的审计员，不能停用；请先新增一个")
    if user.manages_accounts and not any(
        each.manages_accounts
        for each in others.filter(role__in=(Role.SECURITY, Role.ADMINISTRATOR))
    ):
        raise ProposalRefused("这是唯一启用的安全管理员，不能停用；请先新增一个")
