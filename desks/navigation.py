"""The side bar: what each role finds there. Links only hide; every view guards itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy

from accounts.models import Role


def _sees_records(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.sees_records)


def _sees_logs(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_authenticated and (user.sees_records or user.is_auditor))


def _is_administrator(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_administrator)


def _is_clerk(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_clerk)


def _has_desk(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.role != Role.OBSERVER)


def _sees_plans(request: HttpRequest) -> bool:
    return _sees_records(request) or _is_administrator(request)


def _own_quality(request: HttpRequest) -> str:
    """The user's own area; who has none is not shown the link."""
    area = getattr(request.user, "area_id", None)
    return reverse("quality", args=[area]) if area else ""


def _item(
    title: str, icon: str, model: str, permission: Callable[[HttpRequest], bool]
) -> dict[str, Any]:
    link = reverse_lazy(f"admin:{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": permission}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links; a group without a permitted link is left out."""
    groups = [
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
                    "title": "数据质量",
                    "icon": "rule",
                    "link": _own_quality(request),
                    "active": lambda request: request.path.startswith("/quality/"),
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
                    "title": "导出与订阅",
                    "icon": "download",
                    "link": reverse("exports"),
                    "active": lambda request: request.path.startswith("/exports/"),
                    "permission": _sees_records,
                },
            ],
        ),
        (
            "慈善基金",
            [
                _item("社区慈善基金", "savings", "funds_fund", _sees_records),
                _item("捐赠收入", "volunteer_activism", "funds_donation", _sees_records),
                _item("基金支出", "payments", "funds_expenditure", _sees_records),
            ],
        ),
        (
            "项目与帮扶",
            [
                _item("公益慈善项目", "folder_special", "projects_project", _sees_records),
                _item("帮扶记录", "handshake", "projects_aid", _sees_records),
            ],
        ),
        (
            "场景与活动",
            [
                _item("慈善服务场景", "storefront", "scenes_scene", _sees_records),
                _item("慈善活动与宣传", "campaign", "scenes_activity", _sees_records),
            ],
        ),
        (
            "组织与队伍",
            [
                _item("慈善组织", "account_balance", "orgs_charity", _sees_records),
                _item("社区社会组织", "groups", "orgs_communityorg", _sees_records),
                _item("志愿服务队伍", "diversity_3", "orgs_volunteerteam", _sees_records),
                _item("人才培训", "school", "orgs_training", _sees_records),
            ],
        ),
        (
            "指标与目标",
            [
                _item("工作方案", "description", "indicators_plan", _sees_plans),
                _item("期初数", "start", "indicators_openingbalance", _sees_records),
                _item("人工填报数", "edit_note", "indicators_manualfigure", _sees_records),
            ],
        ),
        (
            "记录与日志",
            [
                _item("导入批次", "upload_file", "reviews_importbatch", _sees_logs),
                _item("审核记录", "fact_check", "reviews_reviewevent", _sees_logs),
            ],
        ),
        (
            "系统设置",
            [
                _item("用户", "person", "accounts_user", _is_administrator),
                _item("行政区划", "map", "areas_area", _is_administrator),
                _item("接口凭证", "key", "accounts_apitoken", _is_administrator),
                _item("回调通知", "webhook", "accounts_webhook", _is_administrator),
                _item("发送记录", "outbox", "accounts_webhookdelivery", _is_administrator),
            ],
        ),
    ]
    shown: list[dict[str, Any]] = []
    for title, items in groups:
        permitted = [item for item in items if item["permission"](request)]
        if permitted:
            shown.append({"title": title, "items": permitted, "separator": bool(shown)})
    return shown
