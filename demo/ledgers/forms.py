"""The forms of the sheets, worded as in 渝中区; other places replace some words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from demo.ledgers.workbook import Form

_FORMS = {
    "慈善组织": Form(
        "渝中区慈善组织台账",
        "家",
        "慈善组织名称 统一社会信用代码 组织形式 登记日期 是否具有公开募捐资格 公开募捐资格证书编号 证书有效期至 负责人 联系电话 备注",
    ),
    "基金": Form(
        "渝中区社区慈善基金台账",
        "万元",
        "街道 社区 基金名称#支 基金级别 依托慈善组织 统一社会信用代码 是否具有公开募捐资格 发起主体 设立日期 终止日期 协议编号 "
        "起始资金+ 管委会人数 负责人 联系电话 状态 备注",
        is_merged=True,
    ),
    "组织": Form(
        "社区社会组织备案（登记）台账",
        "个",
        "社区 组织名称#个 类别 管理情况/管理层级 管理情况/编号 统一社会信用代码 登记（备案）日期 注销日期 负责人/姓名 "
        "负责人/联系电话 成员情况/成员数 成员情况/党员数 组织性质 服务对象 章程制定日期 活动场地 备注",
        is_merged=True,
    ),
    "组织名册": Form(
        "社区社会组织备案（登记）台账",
        "个",
        "街道 社区 组织名称#个 类别 管理层级 编号 统一社会信用代码 登记（备案）日期 注销日期 负责人 联系电话 成员数 党员数 "
        "组织性质 服务对象 章程制定日期 活动场地 备注",
    ),
    "队伍": Form(
        "渝中区社区慈善志愿服务队伍台账",
        "支",
        "街道 社区 队伍名称#支 成立日期 解散日期 志愿者人数+ 负责人 联系电话 队伍类型 帮扶方式 帮扶对象 服务内容 "
        "社会工作者人数+ 备注",
        is_merged=True,
    ),
    "项目": Form(
        "渝中区社区公益慈善项目统计表",
        "元",
        "街道 社区 项目名称#个 项目类别 服务对象 实施单位 资金来源 预算（元）+ 实际支出（元）+ 开始时间 结束时间 受益人数+ 受益人次+ "
        "志愿者人次+ 是否帮扶项目 是否小微项目 备注",
        is_merged=True,
    ),
    "收支": Form(
        "渝中区社区慈善基金收支明细（2025—2026年）",
        "元",
        "日期 基金 摘要 捐赠人 类型 方式 收入（元）+ 支出（元）+ 结余（元） 票据号 经办人 备注",
    ),
    "场景": Form(
        "渝中区社区慈善服务场景台账",
        "个",
        "街道 社区 场景名称#个 类型 地址 建成日期 停用日期 运营主体 运营模式 有人员 有场所 有资金 有项目 有活动 有场景 年服务人次+ 备注",
    ),
    "活动宣传": Form(
        "渝中区社区慈善活动和宣传记录",
        "场",
        "日期 活动名称#场 街道 社区 形式 系列 主办 参与人次+ 志愿者人次+ 媒体 备注",
    ),
    "人才培训": Form(
        "渝中区社区公益慈善人才培训记录",
        "场",
        "日期 培训名称#场 街道 主办单位 对象 参训人次+ 参训人数+ 备注",
    ),
    "信息公开": Form(
        "慈善组织信息公开台账", "条", "慈善组织 公开内容 公开标题 所属期间 公开日期 公开平台"
    ),
    "抽查审计": Form(
        "社区慈善抽查审计台账",
        "次",
        "街道 抽查编号 检查方式 通知日期 检查日期 检查人员 检查情况 检查结果 整改要求 整改期限",
    ),
    "整改": Form(
        "抽查审计整改台账", "件", "抽查编号 整改措施 整改完成日期 验收日期 验收结果 验收单位"
    ),
    "移交": Form("抽查审计移交台账", "件", "抽查编号 接收部门 移交日期 移交文号 移交事由"),
    "投诉举报": Form(
        "社区慈善投诉举报台账",
        "件",
        "街道 受理编号 受理日期 受理渠道 反映类别 反映事项 答复期限",
    ),
    "投诉答复": Form("社区慈善投诉答复台账", "件", "受理编号 答复日期 查核结果 处理情况"),
    "投诉举报电话": Form(
        "投诉举报电话公布台账", "个", "所属地区 公布单位 投诉举报电话 公布媒体 媒体名称 公布日期"
    ),
    "帮扶记录": Form(
        "渝中区特殊困难对象帮扶记录",
        "元",
        "日期 街道 社区 对象类别 帮扶内容 帮扶人次+ 金额（元）+ 备注",
    ),
}


def form_for(sheet: str, title: str, other_words: Mapping[str, str]) -> Form:
    """Return 渝中区's form of a sheet with another title and other words for some columns."""
    form = _FORMS[sheet]
    marked = " ".join(other_words.get(word, word) for word in form.marked.split())
    return replace(form, title=title, marked=marked)


def form_of(sheet: str) -> Form:
    """Return the form of a sheet; any other sheet lists one street's organisations."""
    orgs = _FORMS["组织"]
    return _FORMS.get(sheet) or replace(orgs, title=f"{sheet}{orgs.title}")
