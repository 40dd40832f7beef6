"""Which act a request is, by the name of its address: what no service has recorded is recorded so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import apps

from audit.acts import Act

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: Names of own addresses that change something → act.
_CHANGES: Mapping[str, Act] = {
    "duty-urge": Act.REPORT_CHANGED,
    "pending-change": Act.CONFIRMED,
    "demonstration-decide": Act.TRANSITION,
    "task-verdict": Act.TRANSITION,
    "imports": Act.LEDGER_UPLOADED,
    "import": Act.LEDGER_UPLOADED,
    "import-commit": Act.LEDGER_STORED,
    "import-recheck": Act.LEDGER_UPLOADED,
    "import-undo": Act.LEDGER_UNDONE,
    "importjob-list": Act.LEDGER_UPLOADED,
    "importjob-check": Act.LEDGER_UPLOADED,
    "importjob-commit": Act.LEDGER_STORED,
    "importbatch-undo": Act.LEDGER_UNDONE,
    "report-edit": Act.REPORT_CHANGED,
    "report-prepare": Act.REPORT_CHANGED,
    "report-sign": Act.REPORT_CHANGED,
    "report-seal": Act.REPORT_SEALED,
    "report-receive": Act.REPORT_RECEIVED,
    "report-return": Act.REPORT_RETURNED,
    "report-urge": Act.REPORT_CHANGED,
    "api-report-receive": Act.REPORT_RECEIVED,
    "api-report-return": Act.REPORT_RETURNED,
    "exports": Act.EXPORTED,
    "record-persons": Act.PERSONAL_REVEALED,
    "record-erase": Act.PERSONAL_ASKED,
    "persons-ending": Act.PERSONAL_KEPT,
    "subscribe": Act.EXPORTED,
    "unsubscribe": Act.EXPORTED,
    "login-sessions": Act.SESSION_ENDED,
    "second-factor": Act.ACCOUNT_CHANGED,
    "display": Act.LOGIN,
    "own-password": Act.PASSWORD_CHANGED,
    "admin:login": Act.LOGIN,
    "admin:logout": Act.LOGOUT,
    "admin:password_change": Act.PASSWORD_CHANGED,
}
#: App and model of an administration page, or its beginning → act, the longest first.
_ADMINISTRATION: tuple[tuple[str, Act], ...] = (
    ("accounts_user_add", Act.ACCOUNT_ADDED),
    ("accounts_user_delete", Act.ACCOUNT_REMOVED),
    ("accounts_user_password", Act.PASSWORD_RESET),
    ("auth_user_password_change", Act.PASSWORD_RESET),
    ("accounts_user", Act.ACCOUNT_CHANGED),
    ("accounts_apitoken_revoke", Act.TOKEN_REVOKED),
    ("accounts_apitoken", Act.TOKEN_ISSUED),
    ("accounts_webhook", Act.WEBHOOK_CHANGED),
    ("areas_", Act.AREA_CHANGED),
    ("indicators_plan_load", Act.PLAN_LOADED),
    ("indicators_plan", Act.PLAN_CHANGED),
    ("indicators_target", Act.PLAN_CHANGED),
    ("indicators_indicator", Act.PLAN_CHANGED),
)
#: The end of an administration page of a record kind → act.
_OF_RECORDS: Mapping[str, Act] = {
    "add": Act.RECORD_ADDED,
    "change": Act.RECORD_CHANGED,
    "delete": Act.RECORD_REMOVED,
    "changelist": Act.TRANSITION,
    "one": Act.TRANSITION,  # submit_one, approve_one, …
}
#: The end of the API's address of a record kind and the method → act.
_OF_API: Mapping[tuple[str, str], Act] = {
    ("list", "POST"): Act.RECORD_ADDED,
    ("bulk", "POST"): Act.RECORD_ADDED,
    ("bulk", "PATCH"): Act.RECORD_CHANGED,
    ("bulk", "PUT"): Act.RECORD_CHANGED,
    ("detail", "PUT"): Act.RECORD_CHANGED,
    ("detail", "PATCH"): Act.RECORD_CHANGED,
    ("detail", "DELETE"): Act.RECORD_REMOVED,
    ("transitions", "POST"): Act.TRANSITION,
    **{
        (name, "POST"): Act.TRANSITION for name in ("submit", "approve", "return", "reopen", "void")
    },
}
#: Addresses that take a form and change nothing → why they write no event.
CHANGES_NOTHING: Mapping[str, str] = {
    "verify": "公开核验只比对摘要，不改动也不交出任何数据",
    "edition-verify": "核验封存版次只比对摘要，不改动数据",
    "report-preview": "预览不保存",
}
#: The address of a file that holds no data of anybody.
HOLDS_NOTHING: Mapping[str, str] = {
    "import-guide": "空白台账的填写说明",
    "import-template": "空白台账模板",
    "api-schema": "接口说明",
    "api-redoc-script": "接口说明页面的脚本",
    "admin:jsi18n": "页面文字",
}
#: What own addresses are about.
_NAMES: Mapping[str, str] = {
    "attachment": "附件",
    "dashboard-export": "看板表格",
    "delivery-download": "订阅报表",
    "demonstration-decide": "示范评定",
    "display": "大屏",
    "duties-export": "履职事项表",
    "duty-export": "履职明细表",
    "duty-urge": "履职提醒",
    "edition-file": "封存文件",
    "api-edition-file": "封存文件",
    "export-download": "导出文件",
    "exports": "导出申请",
    "fund-statement": "基金对账单",
    "funds-file": "基金账簿表",
    "import": "台账",
    "import-commit": "台账",
    "import-marked": "标注后的台账",
    "import-recheck": "台账",
    "import-undo": "导入批次",
    "imports": "台账",
    "login-sessions": "登录会话",
    "org-statistics-file": "社区社会组织统计表",
    "own-password": "本人口令",
    "pending-change": "待确认变更",
    "report-edit": "进展报告",
    "report-prepare": "进展报告",
    "report-receive": "进展报告",
    "report-return": "进展报告",
    "report-seal": "进展报告",
    "report-sign": "进展报告",
    "report-urge": "进展报告",
    "api-report-receive": "进展报告",
    "api-report-return": "进展报告",
    "second-factor": "两步验证",
    "showcase-export": "成果表",
    "subscribe": "订阅",
    "task-export": "任务表",
    "task-verdict": "目标评定",
    "unsubscribe": "订阅",
}
_EXPORT = re.compile(r"(export|^funds-file$|^org-statistics-file$|-list$|-statement$|changelist$)")


def change_of(name: str, method: str) -> Act | None:
    """Return the act of a request that may change something; None for one that never does."""
    if method in SAFE or name in CHANGES_NOTHING:
        return None
    if name in _CHANGES:
        return _CHANGES[name]
    if name.startswith("admin:"):
        page = name.removeprefix("admin:")
        for beginning, act in _ADMINISTRATION:
            if page.startswith(beginning):
                return act
        return _OF_RECORDS.get(page.rpartition("_")[2], Act.OTHER)
    return _OF_API.get((name.rpartition("-")[2], method), Act.OTHER)


def hand_out_of(name: str) -> Act | None:
    """Return the act of a file that is handed out; None for one without anybody's data."""
    if name in HOLDS_NOTHING:
        return None
    if name == "attachment":
        return Act.ATTACHMENT_OPENED
    return Act.EXPORTED if _EXPORT.search(name) else Act.DOWNLOADED


def is_file(response: HttpResponseBase) -> bool:
    """Return whether an answer is a file rather than a page or JSON."""
    if response.status_code not in (200, 206):
        return False
    kind = response.headers.get("Content-Type", "")
    return (
        response.streaming
        or response.has_header("Content-Disposition")
        or not kind.startswith(
            ("text/html", "application/json", "text/plain", "text/javascript", "image/svg")
        )
    )


def object_of(request: HttpRequest) -> dict[str, str]:
    """Return what the address is about: type, key and Chinese name, from the address alone."""
    match = request.resolver_match
    if match is None:
        return {}
    key = "/".join(str(value) for value in match.kwargs.values())
    found = re.fullmatch(r"admin:([a-z]+)_([a-z]+)_\w+", match.view_name)
    if found and found[1] in apps.app_configs and found[2] in apps.all_models[found[1]]:
        model = apps.get_model(found[1], found[2])
        name = f"{model._meta.verbose_name} #{key}" if key else str(model._meta.verbose_name)
        return {"object_type": model._meta.label_lower, "object_key": key, "object_name": name}
    return {
        "object_type": match.view_name,
        "object_key": key,
        "object_name": f"{name_of(match.view_name)} {key}".strip(),
    }


def name_of(address: str) -> str:
    """Return in Chinese what an address of this name is about; "" where nothing says it."""
    if address in _NAMES:
        return _NAMES[address]
    kind = address.partition("-")[0]
    found = (model for model in apps.get_models() if model._meta.model_name == kind)
    return next((str(model._meta.verbose_name) for model in found), "")
