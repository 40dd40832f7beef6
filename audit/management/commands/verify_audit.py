"""`verify_audit`: check the audit log, its chain, and all that it covers."""

from django.core.management.base import BaseCommand, CommandParser

from audit.chain.night import check_all
from audit.chain.verifying import verify_chain
from crypto.fields import unreadable_passed_on


class Command(BaseCommand):
    """Exit with 0 only if nothing was changed behind the platform's back."""

    help = "核验审计日志、审计链和留痕数据；--all 同时核验业务记录、全部数据和封存版次"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--all`."""
        parser.add_argument("--all", action="store_true", help="同夜间核验：全部项目，并记入日志")

    def handle(self, **options: object) -> None:
        """Print each fault, the first one first; exit with 1 if there is one."""
        if options["all"]:
            found = [each for faults in check_all().faults.values() for each in faults]
        else:
            with unreadable_passed_on():
                found = list(verify_chain())
        if not found:
            self.stdout.write("审计日志、审计链和留痕数据全部相符。")
            return
        self.stdout.write(f"第一处不符：{found[0]}")
        for line in found[1:]:
            self.stdout.write(line)
        self.stdout.write(f"共 {len(found)} 处不符。")
        raise SystemExit(1)
