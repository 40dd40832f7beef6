"""The policy documents that the five plans are and rest on: titles, numbers and days as printed."""

from __future__ import annotations

import datetime

from policies.models import PolicyDocument, PolicyState

Day = datetime.date


def _document(
    area: str, title: str, number: str, issuers: str, issued_on: Day | None = None, **more: object
) -> PolicyDocument:
    return PolicyDocument(
        area_id=area,
        title=title,
        document_number=number,
        issuers=issuers,
        issued_on=issued_on,
        **{"state": PolicyState.IN_FORCE, **more},
    )


def _yuzhong(area: str) -> list[PolicyDocument]:
    bureau = "重庆市民政局"
    return [
        _document(area, "重庆市深入推进社区慈善发展改革方案", "渝民〔2025〕95号", bureau),
        _document(
            area,
            "重庆市民政局关于进一步加强社区慈善建设和公益慈善服务联合体建设资金使用管理的通知",
            "渝民〔2025〕113号",
            bureau,
        ),
        _document(area, "重庆市城乡社区慈善基金设立和管理指引", "渝民〔2023〕113号", bureau),
        _document(
            area,
            "渝中区加强社区慈善建设工作方案",
            "",
            "重庆市渝中区民政局",
            Day(2026, 4, 28),
            based_on="渝民〔2025〕95号；渝民〔2025〕113号；渝民〔2023〕113号",
            summary="街道基金全覆盖，社区基金、服务场景、组织和队伍到2029年的目标，六项工作内容和两项重点",
        ),
    ]


def _yunnan(area: str) -> list[PolicyDocument]:
    return [
        _document(
            area,
            "中华人民共和国慈善法",
            "",
            "全国人民代表大会",
            Day(2016, 3, 16),
            in_force_on=Day(2016, 9, 1),
        ),
        _document(
            area, "慈善组织信息公开办法", "民政部令第81号", "民政部", in_force_on=Day(2026, 1, 1)
        ),
        _document(
            area,
            "云南省推动社区慈善高质量发展实施方案",
            "",
            "云南省民政厅、中共云南省委社会工作部",
            Day(2024, 11, 12),
            in_force_on=Day(2024, 12, 12),
            based_on="《中华人民共和国慈善法》；《慈善组织信息公开办法》（民政部令第61号）",
            summary="机制、主体、阵地、资源、重点五项主要任务，阵地到2027年、2030年的目标，每年6月底、11月底前报送",
        ),
    ]


def _ordos(area: str) -> list[PolicyDocument]:
    return [
        _document(
            area,
            "国务院关于推动内蒙古高质量发展 奋力书写中国式现代化新篇章的意见",
            "国发〔2023〕16号",
            "国务院",
        ),
        _document(area, "民政部支持内蒙古民政事业高质量发展具体措施", "民函〔2023〕86号", "民政部"),
        _document(
            area,
            "鄂尔多斯市社区基金会服务工作实施方案",
            "鄂民发〔2024〕92号",
            "鄂尔多斯市民政局",
            based_on="国发〔2023〕16号；民函〔2023〕86号",
            summary="社区基金会服务的运行保障、精准长效和发展环境，三个阶段到2025年底",
        ),
    ]


def _yubei(area: str) -> list[PolicyDocument]:
    return [
        _document(
            area,
            "重庆市民政局办公室关于印发〈培育发展社区社会组织专项行动实施方案（2021-2023年）〉的通知",
            "渝民办〔2021〕83号",
            "重庆市民政局办公室",
        ),
        _document(area, "民政部关于大力培育发展社区社会组织的意见", "", "民政部"),
        _document(
            area,
            "渝北区社区专职工作者管理办法（试行）",
            "渝北委组〔2020〕16号",
            "中共重庆市渝北区委组织部",
        ),
        _document(
            area,
            "重庆市渝北区民政局关于印发《培育发展渝北区社区社会组织专项行动实施方案（2021-2023年）》的通知",
            "渝北民〔2021〕114号",
            "重庆市渝北区民政局",
            Day(2021, 7, 21),
            based_on="渝民办〔2021〕83号；渝北委组〔2020〕16号；《民政部关于大力培育发展社区社会组织的意见》",
            summary="培育发展、能力提升、作用发挥、规范管理四项计划，为期三年",
        ),
    ]


def _yantai(area: str) -> list[PolicyDocument]:
    city = "烟台市民政局"
    return [
        _document(area, "推进社区基金建设发展的指导意见", "", city),
        _document(area, "社区基金建设指引", "", city),
        _document(area, "助力社区基金建设实施方案", "", city),
        _document(area, "关于推动新时代公益慈善事业高质量发展的实施意见", "", "烟台市人民政府"),
        _document(
            area,
            "烟台市“善暖社区”社区慈善培育行动方案",
            "",
            "烟台市民政局、烟台市委组织部、烟台市委宣传部、烟台市委社会工作部",
            based_on="《关于推动新时代公益慈善事业高质量发展的实施意见》；《推进社区基金建设发展的指导意见》；"
            "《社区基金建设指引》；《助力社区基金建设实施方案》",
            summary="六项主要任务，到2027年底基金400只、小微项目300个、慈善空间30个",
            note="成文日期文件未载明，2025年2月19日报道",
        ),
    ]


_OF_PLANS = {
    "yuzhong-2026": _yuzhong,
    "yunnan-2024": _yunnan,
    "ordos-2024": _ordos,
    "yubei-2021": _yubei,
    "yantai-2025": _yantai,
}


def policy_documents(plan: str, area: str) -> list[PolicyDocument]:
    """Build the documents that a plan is and rests on, in the library of its area."""
    return _OF_PLANS[plan](area)
