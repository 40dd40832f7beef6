"""Proposals of changes of accounts and tokens, with what is shown before and after."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from accounts.api.models import ApiToken
from accounts.confirming.kinds import (
    FIELDS,
    PERSONAL,
    AccountChange,
    NewAccount,
    NewIntegration,
    PasswordReset,
    SecondFactorReset,
    TokenRenewal,
)
from accounts.confirming.telling import subject_of
from accounts.models import BUSINESS_ROLES, Role, User
from areas.models import Area
from proposals.kinds import Line, Proposal

#: What the 安全管理员 may change of a business account without a second person.
_HARMLESS = frozenset({"display_name"})


def changed_fields(stored: User, wanted: User) -> list[str]:
    """Return the names of the fields in which an account's form differs from what is stored."""
    return [name for name in FIELDS if getattr(stored, name) != getattr(wanted, name)]


def is_harmless(stored: User, names: Collection[str], *, is_active: bool) -> bool:
    """Whether a change of these fields needs no second person.

    That is none at all, a business account's name, or switching it off (`is_active` is the new value).
    """
    if stored.role not in BUSINESS_ROLES:
        return not names
    switched_off = set[str]() if is_active else {"is_active"}
    return set(names) <= _HARMLESS | switched_off


def new_account(user: User) -> Proposal:
    """Propose a new account."""
    names = [name for name in FIELDS if name != "is_active" and getattr(user, name)]
    return Proposal(
        NewAccount.key,
        f"accounts.username:{user.username}",
        f"新增账号：{user}（{user.username}），{user.get_role_display()}",
        {name: getattr(user, name) for name in FIELDS if name != "is_active"},
        [Line(_label(name), "—", _shown(user, name), name in PERSONAL) for name in names],
        user.area_id or "",
    )


def account_change(stored: User, wanted: User, names: Collection[str]) -> Proposal:
    """Propose other values of an account."""
    lines = [
        Line(_label(name), _shown(stored, name), _shown(wanted, name), name in PERSONAL)
        for name in names
    ]
    what = "启用账号" if list(names) == ["is_active"] and wanted.is_active else "修改账号"
    return Proposal(
        AccountChange.key,
        subject_of(stored),
        f"{what}：{stored}（{stored.username}），{stored.get_role_display()}",
        {"user": stored.pk, "values": {name: getattr(wanted, name) for name in names}},
        lines,
        stored.area_id or "",
    )


def password_reset(user: User) -> Proposal:
    """Propose a one-time password for an account."""
    return Proposal(
        PasswordReset.key,
        subject_of(user),
        f"重置口令：{user}（{user.username}），{user.get_role_display()}",
        {"user": user.pk},
        [
            Line("口令", "现用口令", "一次性口令，登录后须先修改"),
            Line("登录", "—", "该账号的全部登录立即退出"),
        ],
        user.area_id or "",
    )


def second_factor_reset(user: User) -> Proposal:
    """Propose to forget an account's authenticator."""
    return Proposal(
        SecondFactorReset.key,
        subject_of(user),
        f"重置两步验证：{user.username}，{user.get_role_display()}",
        {"user": user.pk},
        [
            Line("使用人", str(user), str(user), True),
            Line("两步验证", "现用验证器和备用码", "失效，由本人重新启用"),
            Line("登录", "—", "该账号的全部登录立即退出"),
        ],
        user.area_id or "",
    )


def new_integration(
    name: str,
    role: Role,
    area: Area,
    expires_on: datetime.date,
    *,
    networks: str = "",
    reads_persons: bool = False,
) -> Proposal:
    """Propose an integration account with its first token."""
    values: dict[str, object] = {
        "name": name,
        "role": role,
        "area": area.code,
        "networks": networks,
    }
    scope = "可读取姓名、电话的全部内容" if reads_persons else "遮盖"
    return Proposal(
        NewIntegration.key,
        f"accounts.integration:{name}",
        f"签发接口凭证：{name}，{role.label}，{area}",
        values | {"expires_on": expires_on.isoformat(), "reads_persons": reads_persons},
        [
            Line("名称", "—", name),
            Line("角色", "—", role.label),
            Line("管辖区划", "—", f"{area}（{area.code}）"),
            Line("有效期至", "—", expires_on.isoformat()),
            Line("允许的地址", "—", networks or "不限"),
            Line("个人信息", "—", scope),
        ],
        area.code,
    )


def renewal(token: ApiToken, expires_on: datetime.date) -> Proposal:
    """Propose another token for an integration account."""
    user = token.user
    return Proposal(
        TokenRenewal.key,
        f"accounts.token:{token.pk}",
        f"换发接口凭证：{token}",
        {"token": token.pk, "expires_on": expires_on.isoformat()},
        [
            Line("接口账号", str(user), f"{user}，{user.get_role_display()}，{user.area}"),
            Line("有效期至", token.expires_on.isoformat(), expires_on.isoformat()),
        ],
        user.area_id or "",
    )


def _label(name: str) -> str:
    return next(str(each.verbose_name) for each in User._meta.fields if each.attname == name)


def _shown(user: User, name: str) -> str:
    if name == "role":
        return user.get_role_display()
    if name == "area_id":
        return f"{user.area}（{user.area_id}）" if user.area_id else "未设"
    value = getattr(user, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) or "未填"
