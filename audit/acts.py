"""What an audit event may be about: acts and outcomes."""

from __future__ import annotations

from django.db import models


class Outcome(models.TextChoices):
    """How an act ended."""

    DONE = "done", "成功"
    REFUSED = "refused", "被拒绝"
    FAILED = "failed", "失败"


class Act(models.TextChoices):
    """What somebody did. The value is stored: never change one; add a line for a new act."""

    # Login
    LOGIN = "login", "登录"
    LOGIN_BEGUN = "login_begun", "登录（待验证码）"
    LOGOUT = "logout", "退出登录"
    LOCKED = "locked", "账号锁定"
    UNLOCKED = "unlocked", "解除锁定"
    SESSION_ENDED = "session_ended", "结束登录"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_RESET = "password_reset", "重置密码"
    SECOND_FACTOR_SET = "second_factor_set", "启用两步验证"
    SECOND_FACTOR_RESET = "second_factor_reset", "重置两步验证"
    DISPLAY_BEGUN = "display_begun", "开始大屏登录"
    # Accounts and their powers
    ACCOUNT_ADDED = "account_added", "新增账号"
    ACCOUNT_CHANGED = "account_changed", "修改账号"
    ACCOUNT_REMOVED = "account_removed", "删除账号"
    ROLE_CHANGED = "role_changed", "变更角色或区划"
    TOKEN_ISSUED = "token_issued", "签发接口令牌"
    TOKEN_REVOKED = "token_revoked", "停用接口令牌"
    PROPOSED = "proposed", "提出变更"
    CONFIRMED = "confirmed", "复核通过变更"
    REJECTED = "rejected", "复核驳回变更"
    # Settings
    WEBHOOK_CHANGED = "webhook_changed", "变更事件推送"
    AREAS_IMPORTED = "areas_imported", "导入区划"
    AREA_CHANGED = "area_changed", "变更区划"
    PLAN_LOADED = "plan_loaded", "载入方案"
    PLAN_CHANGED = "plan_changed", "变更方案"
    # Records
    RECORD_ADDED = "record_added", "新增记录"
    RECORD_CHANGED = "record_changed", "修改记录"
    RECORD_REMOVED = "record_removed", "删除记录"
    TRANSITION = "transition", "审核流转"
    ATTACHMENT_ADDED = "attachment_added", "上传附件"
    ATTACHMENT_REMOVED = "attachment_removed", "移除附件"
    ATTACHMENT_OPENED = "attachment_opened", "查看附件"
    API_READ = "api_read", "接口读取"
    PERSONAL_REVEALED = "personal_revealed", "显示个人信息"
    PERSONAL_ERASED = "personal_erased", "删除个人信息"
    PERSONAL_CORRECTED = "personal_corrected", "更正个人信息"
    PERSONAL_ASKED = "personal_asked", "登记个人信息申请"
    PERSONAL_KEPT = "personal_kept", "暂缓删除个人信息"
    PERSONAL_ANNOUNCED = "personal_announced", "预告删除个人信息"
    # Ledgers
    LEDGER_UPLOADED = "ledger_uploaded", "上传台账"
    LEDGER_STORED = "ledger_stored", "写入台账"
    LEDGER_UNDONE = "ledger_undone", "撤销导入"
    # Reports
    REPORT_CHANGED = "report_changed", "编辑报告"
    REPORT_SEALED = "report_sealed", "封存报告"
    REPORT_RECEIVED = "report_received", "接收报告"
    REPORT_RETURNED = "report_returned", "退回报告"
    # What is handed out
    EXPORTED = "exported", "导出"
    DOWNLOADED = "downloaded", "下载文件"
    # The log itself
    COMMAND = "command", "执行命令"
    LOG_READ = "log_read", "查看日志"
    LOG_CLEARED = "log_cleared", "清理到期日志"
    LOG_LIFTED = "log_lifted", "授权改动留痕"
    BASELINE = "baseline", "建立留痕基线"
    CHECKED = "checked", "完整性核验"
    # Operation
    BACKED_UP = "backed_up", "备份"
    RESTORED = "restored", "恢复备份"
    OTHER = "other", "其他操作"


def act_choices() -> list[tuple[str, str]]:
    """Return the acts as choices of a field: a function, so that a new act needs no migration."""
    return [(act.value, str(act.label)) for act in Act]
