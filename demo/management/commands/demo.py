"""`demo`: run a shipped plan from ledgers to sealed reports on demonstration data, as a bureau
would."""

from __future__ import annotations

import datetime
import os
import secrets
import shutil
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from typing_extensions import override

from accounts.models import Role, User
from areas.codes import TOWNSHIP_LEVEL
from areas.models import Area
from areas.services import import_areas, national_rows
from demo.demonstration import decide_applications
from demo.ledgers.draw import DEMO_DAY
from demo.place import DemoPlace
from demo.places import PLACES
from indicators.models.offices import Office
from indicators.plan.loading import load_plans, shipped_files
from indicators.progress.formatting import progress_table
from indicators.progress.services import find_area, find_plan, progress
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from reports.editions.content import content_of
from reports.editions.files import DOCUMENT, WORKBOOK, download_name, path_of
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Report
from reports.schema.shown import ShownContent
from reports.signatures import signs_for
from reports.workflow import sign
from reviews.checks import blocking, find_all_problems
from reviews.models import Action, ImportBatch, Submission
from reviews.services import move_all

#: The reason given for warnings when the manual figures are submitted.
_REASON = "演示数据"
#: Prefix of the user names of reporting areas below; the area's code follows.
_BELOW = "baosong-"


class Command(BaseCommand):
    """Create tree, plans, accounts, records and sealed reports; a second run changes nothing."""

    help = "演示：从台账到封存报告的全过程"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--place", choices=PLACES, default="yuzhong", help="演示哪个地区")
        parser.add_argument("--no-ledgers", action="store_true", help="只建区划、方案和账号")
        parser.add_argument("--no-serve", action="store_true", help="不启动网站")
        parser.add_argument("--port", type=int, default=8000)

    @override
    def handle(self, **options: Any) -> None:
        """Run every step in the order in which a bureau takes it."""
        place = PLACES[options["place"]]
        if "SECOND_PERSON" not in os.environ:  # also for the web server and the worker
            os.environ["SECOND_PERSON"] = "0"
            settings.SECOND_PERSON = False
        call_command("migrate", verbosity=0)
        _refuse_installations_in_use()
        for root in (place.root, *place.neighbours):
            import_areas(root, national_rows(root))
        load_plans(shipped_files())
        password = _set_up_accounts(place)
        if not options["no_ledgers"]:
            self._records(place, Path(settings.DATA_DIR) / "demo-ledgers")
        self._print_accounts(place, password)
        if not options["no_serve"]:
            call_command("serve", port=options["port"], stdout=self.stdout)

    def _records(self, place: DemoPlace, folder: Path) -> None:
        """Import the ledgers, enter the figures, print the progress, seal the reports, run the
        aftermath."""
        self._ledgers(place, folder)
        self._figures(place, place.figures)
        self._figures(place, place.steps)
        decide_applications(User.objects.get(username=place.reviewer))
        plan, area = find_plan(place.plan), find_area(place.root)
        report = progress(plan, area, place.day, place.target_year)
        self.stdout.write("\n" + progress_table(report) + "\n")
        self._reports(place)
        if place.aftermath:
            place.aftermath()

    def _ledgers(self, place: DemoPlace, folder: Path) -> None:
        """Import, submit and approve every demonstration ledger that is not imported yet."""
        for kind, path, root in place.write_ledgers(folder):
            batches = ImportBatch.objects.filter(kind=kind, file_name=path.name, area=root)
            if batches.exists():
                self.stdout.write(f"{path.name}：已导入过")
                continue
            result = import_ledger(
                kind,
                KINDS[kind],
                path.read_bytes(),
                path.name,
                by=User.objects.get(username=place.clerk),
                root=Area.objects.get(code=root),
                approve_as=User.objects.get(username=place.reviewer),
            )
            if result.problems:
                raise CommandError("\n".join(map(str, result.problems)))
            self.stdout.write(
                f"{path.name}：{result.rows} 行已导入并审核通过，提示 {len(result.warnings)} 处"
            )

    @transaction.atomic
    def _figures(self, place: DemoPlace, build: Callable[[], Sequence[Submission]]) -> None:
        """Enter, submit and approve records; skip a kind that has been entered before."""
        clerk = User.objects.get(username=place.clerk)
        by_model: dict[type[Submission], list[Submission]] = defaultdict(list)
        for record in build():
            by_model[type(record)].append(record)
        for model, records in by_model.items():
            name = model._meta.verbose_name
            own = model._default_manager.filter(created_by=clerk, import_batch__isnull=True)
            if own.exists():
                self.stdout.write(f"{name}：已登记过")
                continue
            _refuse_faulty(records)
            for record in records:
                record.created_by = clerk
                record.save()
            move_all(own, Action.SUBMIT, by=clerk, reason=_REASON)
            move_all(own, Action.APPROVE, by=User.objects.get(username=place.reviewer))
            self.stdout.write(f"{name}：{len(records)} 条已登记并审核通过")

    def _reports(self, place: DemoPlace) -> None:
        """Prepare the reports due by the day, file them from the bottom up, export the root's files."""
        prepare_reports(place.day)
        folder = Path(settings.EXPORT_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        plan = find_plan(place.plan)
        below = plan.reports.exclude(area=place.root).order_by("due_on", "-area__level", "area")
        filed = sum(self._file(place, report) for report in below.select_related("area", "plan"))
        if below:
            self.stdout.write(f"下级报告：{len(below)}份，本次上报{filed}份")
        for report in plan.reports.filter(area=place.root).order_by("due_on"):
            self._file(place, report)
            edition = report.editions.latest("number")
            for kind in (WORKBOOK, DOCUMENT):
                target = folder / download_name(edition, kind)
                shutil.copyfile(path_of(edition, kind), target)
                self.stdout.write(f"已封存：{edition}，文件 {target}")

    def _file(self, place: DemoPlace, report: Report) -> bool:
        """Seal a report through its area's own account; return False when it is sealed already."""
        if report.is_done:
            return False
        filer, day = _filer(place, report.area), min(report.file_by, place.day)
        if report.plan.report_joint:
            _sign_jointly(report, filer, day)
        seal(report, by=filer, on=day)
        return True

    def _print_accounts(self, place: DemoPlace, password: str) -> None:
        self.stdout.write(f"\n演示账号（口令均为 {password}）：")
        for name, label, *_ in place.accounts:
            self.stdout.write(f"  {name:<10} {label}")
        if not settings.SECOND_PERSON:
            self.stdout.write(
                "演示设置：重要变更由一人办理即生效，不须另一人确认（SECOND_PERSON=0；正式使用须去掉）"
            )
        others = User.objects.filter(username__startswith=_BELOW).count()
        if others:
            self.stdout.write(f"  {_BELOW}区划代码 其余{others}个下级报送单位")
        if place.day < DEMO_DAY:
            board = f"/dashboard/{place.plan}/{place.root}/?on={place.day}"
            self.stdout.write(f"方案已到期，当日的看板在 {board}")


def _set_up_accounts(place: DemoPlace) -> str:
    """Create the missing accounts of the place; return their shared password."""
    password = _password()
    for name, label, role, area, department in place.accounts:
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(
                name,
                password=password,
                display_name=label,
                role=role,
                area_id=area,
                department=department,
            )
    return password


def _password() -> str:
    """Return the password of this installation's demonstration accounts; create it once."""
    path = Path(settings.DATA_DIR) / "demo-password"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(9), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _filer(place: DemoPlace, area: Area) -> User:
    """Return the account that files for an area; create one named after the code where there is
    none."""
    role = Role.CLERK if area.level >= TOWNSHIP_LEVEL else Role.REVIEWER
    own = [each.username for each in place.accounts if (each.role, each.area) == (role, area.code)]
    if own:
        return User.objects.get(username=own[0])
    name = f"{_BELOW}{area.code}"
    return User.objects.filter(username=name).first() or User.objects.create_user(
        name,
        password=_password(),
        display_name=f"{area}{role.label}",
        role=role,
        area=area,
    )


def _sign_jointly(report: Report, filer: User, day: datetime.date) -> None:
    """Let the other signatories sign what the filer is about to seal, each by its own account."""
    own = signs_for(filer, report)
    shown = ShownContent.of(content_of(report, report.as_of(day)).content)
    for office in report.plan.signatories_of(report.area):
        if office not in own:
            sign(report, by=_signatory(report.area, office), shown=shown, on=day)


def _signatory(area: Area, office: Office) -> User:
    """Return the account that signs for an office of an area; create it where there is none."""
    own = User.objects.filter(area=area, role=Role.OBSERVER, department=office.department)
    return own.first() or User.objects.create_user(
        f"{_BELOW}{area.code}-{office.department}",
        password=_password(),
        display_name=f"{office.name}{Role.OBSERVER.label}",
        role=Role.OBSERVER,
        area=area,
        department=office.department,
    )


def _refuse_installations_in_use() -> None:
    """Refuse a database with real accounts: the demonstration accounts share one password."""
    names = [account.username for place in PLACES.values() for account in place.accounts]
    users = User.objects.all()
    if users.exists() and not users.filter(username__in=names).exists():
        raise CommandError("数据库中已有正式账号，不能建立公用口令的演示账号；请换一个空的数据库")


def _refuse_faulty(records: Sequence[Submission]) -> None:
    """Raise ValidationError for the first record that a clerk could not submit."""
    for record in records:
        record.clean_fields()
    for record, problems in zip(records, find_all_problems(records), strict=True):
        if faults := blocking(problems):
            raise ValidationError([f"{record}：{fault.message}" for fault in faults])
