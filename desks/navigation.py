"""The side bar: the links each role sees. It only hides links; every view checks permissions itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NotRequired, TypedDict

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy

from accounts.confirming.pages import has_to_confirm
from accounts.models import Role, User
from reviews.kinds import record_kinds

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class MenuEntry(TypedDict):
    """A link of the side bar, with the question whether the user sees it."""

    title: str
    icon: str
    link: str | _StrPromise
    permission: Callable[[HttpRequest], bool]
    #: Whether the entry is the present page; without it the address tells (`is_active`).
    active: NotRequired[Callable[[HttpRequest], bool]]


class MenuGroup(TypedDict):
    """A group of links under a heading."""

    title: str
    items: list[MenuEntry]
    separator: bool


def _sees_records(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.sees_records)


def _sees_logs(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_authenticated and (user.sees_records or user.is_auditor))


def _is_auditor(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_auditor)


def _is_administrator(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_administrator)


def _manages_accounts(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.manages_accounts)


def _confirms(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and has_to_confirm(request.user)


def _is_clerk(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_clerk)


def _has_desk(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.role != Role.OBSERVER)


def _sees_plans(request: HttpRequest) -> bool:
    return _sees_records(request) or _is_administrator(request)


def _at_own_area(request: HttpRequest, page: str) -> str:
    """Return the address of a page about the user's area; empty without an area."""
    area = getattr(request.user, "area_id", None)
    return reverse(page, args=[area]) if area else ""


def _is_task_board(request: HttpRequest) -> bool:
    """Whether the page is the board of tasks or one below it."""
    others = ("/tasks/demonstrations/", "/tasks/results/")
    return request.path.startswith("/tasks/") and not request.path.startswith(others)


def _item(
    title: str, icon: str, model: str, permission: Callable[[HttpRequest], bool]
) -> MenuEntry:
    return {"title": title, "icon": icon, "link": _list_of(model), "permission": permission}


@cache
def _list_of(model: str) -> str:
    """Return the address of the list of a model, `app_model`."""
    return reverse(f"admin:{model}_changelist")


#: App → heading of its record kinds, in order; any other app comes last, under its own name.
_HEADINGS = {
    "work": "任务与工作",
    "funds": "慈善基金",
    "supervision": "监督管理",
    "projects": "项目与帮扶",
    "scenes": "场景与活动",
    "orgs": "组织与队伍",
    "policies": "政策文件",
}


#: The entry before the kinds of funds: their books.
_FUND_BOOKS: MenuEntry = {
    "title": "基金账簿",
    "icon": "menu_book",
    "link": reverse_lazy("funds"),
    "active": lambda request: request.path.startswith("/funds/"),
    "permission": _sees_records,
}


#: The entries before the kinds of work: who is a demonstration, and what is shown to the public.
_WORK_PAGES: tuple[MenuEntry, ...] = (
    {
        "title": "示范评定",
        "icon": "star",
        "link": reverse_lazy("demonstrations"),
        "active": lambda request: request.path.startswith("/tasks/demonstrations/"),
        "permission": _sees_records,
    },
    {
        "title": "成果展示",
        "icon": "emoji_events",
        "link": reverse_lazy("results"),
        "active": lambda request: request.path.startswith("/tasks/results/"),
        "permission": _sees_records,
    },
)


#: The entry before the kind of policy documents: their library.
_LIBRARY: MenuEntry = {
    "title": "政策文件库",
    "icon": "local_library",
    "link": reverse_lazy("policies"),
    "active": lambda request: request.path.startswith("/policies/"),
    "permission": _sees_records,
}


def _record_groups() -> list[tuple[str, list[MenuEntry]]]:
    """Build one group per app with one entry per record kind; that of figures begins with the plans."""
    figures = apps.get_app_config("indicators")
    groups: dict[str, list[MenuEntry]] = {label: [] for label in _HEADINGS}
    groups[figures.label] = [_item("工作方案", "description", "indicators_plan", _sees_plans)]
    groups["funds"] = [_FUND_BOOKS]
    groups["policies"] = [_LIBRARY]
    groups["work"] = [*_WORK_PAGES]
    for kind in record_kinds():
        model = f"{kind._meta.app_label}_{kind._meta.model_name}"
        entry = _item(str(kind._meta.verbose_name), kind.declaration.icon, model, _sees_records)
        groups.setdefault(kind._meta.app_label, []).append(entry)
    return [
        (_HEADINGS.get(label) or str(apps.get_app_config(label).verbose_name), items)
        for label, items in groups.items()
    ]


def is_active(entry: MenuEntry, request: HttpRequest) -> bool:
    """Whether the present page is that of an entry or lies below it."""
    asked = entry.get("active")
    return asked(request) if asked else request.path.startswith(str(entry["link"]))


def navigation(request: HttpRequest) -> list[MenuGroup]:
    """Return the groups of links that the user may see; empty groups are left out."""
    groups: list[tuple[str, list[MenuEntry]]] = [
        (
            "总览",
            [
                {
                    "title": "工作台",
                    "icon": "desk",
                    "link": reverse("home"),
                    "active": lambda request: request.path == "/",
                    "permission": _has_desk,
                },
                {
                    "title": "变更确认",
                    "icon": "how_to_reg",
                    "link": reverse("pending-changes"),
                    "active": lambda request: request.path.startswith("/changes/"),
                    "permission": _confirms,
                },
                {
                    "title": "导入台账",
                    "icon": "upload_file",
                    "link": reverse("imports"),
                    "active": lambda request: request.path.startswith("/imports/"),
                    "permission": _is_clerk,
                },
                {
                    "title": "指标看板",
                    "icon": "monitoring",
                    "link": reverse("board"),
                    "active": lambda request: request.path.startswith("/dashboard/"),
                    "permission": _sees_records,
                },
                {
                    "title": "任务看板",
                    "icon": "checklist",
                    "link": reverse("tasks"),
                    "active": _is_task_board,
                    "permission": _sees_records,
                },
                {
                    "title": "数据质量",
                    "icon": "rule",
                    "link": _at_own_area(request, "quality"),
                    "active": lambda request: request.path.startswith("/quality/"),
                    "permission": _sees_records,
                },
                {
                    "title": "监管待办",
                    "icon": "pending_actions",
                    "link": _at_own_area(request, "open-items"),
                    "active": lambda request: request.path.startswith("/supervision/"),
                    "permission": _sees_records,
                },
                {
                    "title": "进展报告",
                    "icon": "assignment",
                    "link": reverse("reports"),
                    "active": lambda request: request.path.startswith("/reports/"),
                    "permission": _sees_records,
                },
                {
                    "title": "履责日历",
                    "icon": "event_available",
                    "link": _at_own_area(request, "duties"),
                    "active": lambda request: request.path.startswith("/duties/"),
                    "permission": _sees_records,
                },
                {
                    "title": "供需对接",
                    "icon": "join_inner",
                    "link": _at_own_area(request, "matching"),
                    "active": lambda request: request.path.startswith("/matching/"),
                    "permission": _sees_records,
                },
                {
                    "title": "应急预案覆盖",
                    "icon": "crisis_alert",
                    "link": _at_own_area(request, "emergency"),
                    "active": lambda request: request.path.startswith("/emergency/"),
                    "permission": _sees_records,
                },
                {
                    "title": "社会组织统计表",
                    "icon": "table_chart",
                    "link": _at_own_area(request, "org-statistics"),
                    "active": lambda request: request.path.startswith("/statistics/"),
                    "permission": _sees_records,
                },
                {
                    "title": "导出与订阅",
                    "icon": "download",
                    "link": reverse("exports"),
                    "active": lambda request: request.path.startswith("/exports/"),
                    "permission": _sees_records,
                },
            ],
        ),
        *_record_groups(),
        (
            "记录与日志",
            [
                _item("导入批次", "upload_file", "reviews_importbatch", _sees_logs),
                _item("审计日志", "policy", "audit_auditevent", _is_auditor),
                _item("审核记录", "fact_check", "reviews_reviewevent", _sees_logs),
            ],
        ),
        (
            "账号与权限",
            [
                _item("用户", "person", "accounts_user", _manages_accounts),
                _item("登录锁定", "lock", "accounts_logincount", _manages_accounts),
                _item("接口凭证", "key", "accounts_apitoken", _manages_accounts),
            ],
        ),
        (
            "系统设置",
            [
                _item("行政区划", "map", "areas_area", _is_administrator),
                _item("回调通知", "webhook", "accounts_webhook", _is_administrator),
                _item("发送记录", "outbox", "accounts_webhookdelivery", _is_administrator),
            ],
        ),
    ]
    shown: list[MenuGroup] = []
    for title, items in groups:
        permitted = [item for item in items if item["permission"](request)]
        if permitted:
            shown.append({"title": title, "items": permitted, "separator": bool(shown)})
    return shown
