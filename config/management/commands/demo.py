"""`demo`: 渝中区 end to end on demonstration ledgers, as a bureau would do it."""

from __future__ import annotations

import secrets
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from areas.models import Area
from areas.services import import_areas, national_rows
from config.demo_ledgers import DEMO_DAY, write_demo_ledgers
from config.ledgers import KINDS
from indicators.plans import load_plans, shipped_files
from indicators.services import find_area, find_plan, progress
from indicators.tables import progress_table
from reports.models import ReportState
from reports.services import download_name, prepare_reports, seal, workbook_path
from reviews.ledger.service import import_ledger
from reviews.models import ImportBatch

ROOT, PLAN = "500103", "yuzhong-2026"
ACCOUNTS = (
    ("shiju", "渝中区民政局审核员", Role.REVIEWER, "500103"),
    ("quji", "渝中区填报员", Role.CLERK, "500103"),
    ("jiedao", "七星岗街道填报员", Role.CLERK, "500103001"),
    ("jiedao2", "解放碑街道填报员", Role.CLERK, "500103003"),
    ("shengting", "重庆市观察员", Role.OBSERVER, "50"),
    ("guanli", "系统管理员", Role.ADMINISTRATOR, None),
    ("shenji", "审计员", Role.AUDITOR, None),
)


class Command(BaseCommand):
    """Tree, plans, accounts, ledgers, figures, sealed reports; twice is harmless."""

    help = "演示：从台账到封存报告的全过程"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See `docs/` and README."""
        parser.add_argument("--no-ledgers", action="store_true", help="只建区划、方案和账号")
        parser.add_argument("--no-serve", action="store_true", help="不启动网站")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, **options: Any) -> None:
        """Every step a bureau takes, in order."""
        call_command("migrate", verbosity=0)
        _refuse_installations_in_use()
        import_areas(ROOT, national_rows(ROOT))
        load_plans(shipped_files())
        password = self._accounts()
        if not options["no_ledgers"]:
            self._ledgers()
            report = progress(find_plan(PLAN), find_area(ROOT), DEMO_DAY)
            self.stdout.write("\n" + progress_table(report) + "\n")
            self._reports()
        self._print_accounts(password)
        if not options["no_serve"]:
            call_command("serve", port=options["port"], stdout=self.stdout)

    def _accounts(self) -> str:
        """Create the demo accounts; the password is this installation's own."""
        path = Path(settings.DATA_DIR) / "demo-password"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(9), encoding="ascii")
            path.chmod(0o600)
        password = path.read_text(encoding="ascii").strip()
        for name, label, role, area in ACCOUNTS:
            if not User.objects.filter(username=name).exists():
                User.objects.create_user(
                    name, password=password, display_name=label, role=role, area_id=area
                )
        return password

    def _ledgers(self) -> None:
        """Import, submit and approve every demonstration ledger that is not in yet."""
        root = Area.objects.get(code=ROOT)
        clerk = User.objects.get(username="quji")
        reviewer = User.objects.get(username="shiju")
        for kind, path in write_demo_ledgers(Path(settings.DATA_DIR) / "demo-ledgers"):
            if ImportBatch.objects.filter(kind=kind, file_name=path.name, area=root).exists():
                self.stdout.write(f"{path.name}：已导入过")
                continue
            result = import_ledger(
                kind,
                KINDS[kind],
                path.read_bytes(),
                path.name,
                by=clerk,
                root=root,
                approve_as=reviewer,
            )
            if result.problems:
                raise CommandError("\n".join(map(str, result.problems)))
            self.stdout.write(
                f"{path.name}：{result.rows} 行已导入并审核通过，提示 {len(result.warnings)} 处"
            )

    def _reports(self) -> None:
        """Prepare what is due by the demonstration day, seal it, put the workbooks out."""
        prepare_reports(DEMO_DAY)
        reviewer = User.objects.get(username="shiju")
        folder = Path(settings.EXPORT_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for report in find_plan(PLAN).reports.order_by("due_on"):
            if report.state == ReportState.DUE:
                seal(report, by=reviewer, on=DEMO_DAY)
            edition = report.editions.latest("number")
            target = folder / download_name(edition)
            shutil.copyfile(workbook_path(edition), target)
            self.stdout.write(f"已封存：{edition}，工作簿 {target}")

    def _print_accounts(self, password: str) -> None:
        self.stdout.write(f"\n演示账号（口令均为 {password}）：")
        for name, label, *_ in ACCOUNTS:
            self.stdout.write(f"  {name:<10} {label}")


def _refuse_installations_in_use() -> None:
    """Accounts with one shared password have no place beside real ones."""
    names = [name for name, *_ in ACCOUNTS]
    users = User.objects.all()
    if users.exists() and not users.filter(username__in=names).exists():
        raise CommandError("数据库中已有正式账号，不能建立公用口令的演示账号；请换一个空的数据库")
