"""The workbooks of 渝中区."""

from __future__ import annotations

from pathlib import Path

from demo.ledgers.aids import aid_rows
from demo.ledgers.draw import DEMO_DAY, Draw, Tree, Values, read_tree
from demo.ledgers.forms import form_of
from demo.ledgers.funds import charity_rows, fund_rows, money_rows
from demo.ledgers.library import library_contents
from demo.ledgers.scenes import emergency_contents
from demo.ledgers.workbook import Office, write_workbook
from demo.place import LedgerFile
from demo.places.yuzhong import ROOT
from demo.places.yuzhong.activities import activity_rows, project_rows, scene_rows, training_rows
from demo.places.yuzhong.funds import HOSTS, RAISED, SPENDINGS, demo_funds
from demo.places.yuzhong.organisations import organisation_rows, team_rows

_AID_COUNT, _AIDED = 190, 2_316


def _workbooks(tree: Tree) -> list[tuple[str, str, dict[str, list[Values]]]]:
    """Return (ledger kind, name, rows by sheet) in import order."""
    funds = demo_funds(tree)
    records = {
        "活动宣传": activity_rows(tree),
        "人才培训": training_rows(tree),
        "帮扶记录": aid_rows(Draw("aids"), tree, DEMO_DAY.year, _AID_COUNT, _AIDED),
    }
    return [
        ("charities", "慈善组织台账", {"慈善组织": charity_rows(Draw("charities"), HOSTS)}),
        ("funds", "社区慈善基金台账", {"基金": fund_rows(Draw("funds", 101), funds, "渝中演慈")}),
        ("orgs", "社区社会组织台账", organisation_rows(tree)),
        ("teams", "志愿服务队伍台账", {"队伍": team_rows(tree)}),
        ("projects", "慈善项目统计表", {"项目": project_rows(tree)}),
        ("money", "捐赠收支明细", {"收支": money_rows(Draw("money"), funds, RAISED, SPENDINGS)}),
        ("scenes", "慈善服务场景台账", {"场景": scene_rows(tree)}),
        ("activities", "活动培训帮扶记录", records),
        *(
            (each.kind, each.name, {sheet: list(rows) for sheet, _, rows in each.sheets})
            for contents in (library_contents, emergency_contents)
            for each in contents(tree, "渝中区", DEMO_DAY)
        ),
    ]


def write_ledgers(folder: Path) -> list[LedgerFile]:
    """Write the workbooks into `folder` and return them in import order."""
    office, written = Office("重庆市渝中区民政局"), list[LedgerFile]()
    workbooks = _workbooks(read_tree(ROOT, DEMO_DAY))
    for number, (kind, name, sheets) in enumerate(workbooks, start=1):
        path = folder / f"{number:02d}-{name}（演示数据）.xlsx"
        contents = [(sheet, form_of(sheet), rows) for sheet, rows in sheets.items()]
        written.append(LedgerFile(kind, write_workbook(path, contents, office), ROOT))
    return written
