"""渝中区 2026: the ledgers of `demo.ledgers`."""

from __future__ import annotations

from pathlib import Path

from accounts.models import Role
from demo.ledgers import DEMO_DAY, ROOT, write_demo_ledgers
from demo.place import EVERYWHERE, Account, DemoPlace, LedgerFile


def _write_ledgers(folder: Path) -> list[LedgerFile]:
    return [LedgerFile(kind, path, ROOT) for kind, path in write_demo_ledgers(folder)]


YUZHONG = DemoPlace(
    plan="yuzhong-2026",
    root=ROOT,
    day=DEMO_DAY,
    accounts=(
        Account("shiju", "渝中区民政局审核员", Role.REVIEWER, ROOT),
        Account("quji", "渝中区填报员", Role.CLERK, ROOT),
        Account("jiedao", "七星岗街道填报员", Role.CLERK, "500103001"),
        Account("jiedao2", "解放碑街道填报员", Role.CLERK, "500103003"),
        Account("shengting", "重庆市观察员", Role.OBSERVER, "50"),
        *EVERYWHERE,
    ),
    write_ledgers=_write_ledgers,
)
