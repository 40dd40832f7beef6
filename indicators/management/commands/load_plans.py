"""`load_plans [FILE…]`: load plan files into the database."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from typing_extensions import override

from accounts.models import User
from indicators.models import Plan
from indicators.plan.files import read_plan
from indicators.plan.left_figures import left_figures
from indicators.plan.loading import Overwrite, PlanError, load_plans, shipped_files
from indicators.plan.preview import fingerprint
from indicators.plan.proposing.making import file_proposal
from proposals.kinds import ProposalRefused
from proposals.services import propose


class Command(BaseCommand):
    """Load the given files, by default the shipped ones; loading them again changes nothing."""

    help = "载入方案文件（默认：自带的五份方案）"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="覆盖在平台上的修改，须同时写明 --as 和 --reason",
        )
        parser.add_argument("--as", dest="by", metavar="USER", help="以哪位用户的名义覆盖")
        parser.add_argument("--reason", metavar="TEXT", help="覆盖的理由，记入修订记录")

    def handle(
        self,
        *,
        files: list[Path],
        overwrite: bool,
        by: str | None,
        reason: str | None,
        **options: object,
    ) -> None:
        """Load the files and list the plans."""
        allowed = _overwrite(files, by=by, reason=reason, is_asked=overwrite)
        try:
            if allowed is not None and settings.SECOND_PERSON:
                self._propose(files, allowed)
                return
            plans = load_plans(files or shipped_files(), overwrite=allowed)
        except (PlanError, ProposalRefused, OSError) as error:
            raise CommandError(str(error)) from error
        for plan in plans:
            self.stdout.write(f"{plan.code}：{plan.title}（{plan.indicators.count()} 项指标）")
            for sentence in left_figures(plan):
                self.stdout.write(f"　{sentence}")

    @transaction.atomic
    def _propose(self, files: list[Path], overwrite: Overwrite) -> None:
        """Propose each file in the user's name; another person confirms it on the site."""
        for path in files:
            raw = path.read_bytes()
            file = read_plan(path.name, raw)
            seen = fingerprint(Plan.objects.filter(code=file.code).first())
            proposal = file_proposal(file, raw, by=overwrite.by, seen=seen)
            change, _ = propose(proposal, by=overwrite.by, reason=overwrite.reason)
            self.stdout.write(f"已提出：{change}，待另一人在“变更确认”中确认后生效")


def _overwrite(
    files: list[Path], *, by: str | None, reason: str | None, is_asked: bool
) -> Overwrite | None:
    """Return who overwrites which files and why; None without `--overwrite`.

    Only files that are named may overwrite what was changed on the site.
    """
    if not is_asked:
        if by or reason:
            raise CommandError("--as 和 --reason 只与 --overwrite 一起使用")
        return None
    if not (files and by and reason):
        raise CommandError("--overwrite 须指明方案文件、--as 用户名 和 --reason 理由")
    user = User.objects.filter(username=by).first()
    if user is None:
        raise CommandError(f"没有用户“{by}”")
    return Overwrite(user, reason)
