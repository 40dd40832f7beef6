"""`import_records KIND FILE.xlsx --as USER`: import a ledger as records."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from typing_extensions import override

from accounts.models import User
from areas.models import Area
from ledgers.reading.findings import ImportResult
from ledgers.reading.matching.decisions import Answer, Decisions
from ledgers.reading.matching.rows import DOUBT
from ledgers.registry import KINDS
from ledgers.service import check_ledger, import_ledger
from ledgers.workbooks.limits import UnusableFile
from reviews.services import TransitionError


class Command(BaseCommand):
    """Import a ledger. Exit code 0: imported; 1: problems, nothing written; 2: unusable file."""

    help = "导入台账：全部无误才写入"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help="、".join(KINDS))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="填报员账号")
        parser.add_argument("--area", metavar="CODE", help="只接受该区划内的记录")
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument("--submit", action="store_true", help="导入后提交")
        parser.add_argument("--approve-as", metavar="USER", help="导入并提交后以该审核员通过")
        parser.add_argument(
            "--doubtful",
            choices=[answer.value for answer in Answer],
            default=Answer.ASK.value,
            help="疑似修改原有记录的行：ask 作为问题列出（默认），change 修改原记录，new 另一笔",
        )
        parser.add_argument("--json", action="store_true")

    @override
    def handle(self, *, kind: str, file: Path, user: str, **options: Any) -> None:
        """Import or check the file, print the findings, and set the exit code."""
        by = _user(user)
        reviewer = _user(options["approve_as"]) if options["approve_as"] else None
        root = _root(by, options["area"])
        decisions = Decisions(others=Answer(options["doubtful"]))
        try:
            content = file.read_bytes()
            if options["check"]:
                result = check_ledger(
                    kind, KINDS[kind], content, by=by, root=root, decisions=decisions
                ).result
            else:
                result = import_ledger(
                    kind,
                    KINDS[kind],
                    content,
                    file.name,
                    by=by,
                    root=root,
                    is_submitted=options["submit"],
                    approve_as=reviewer,
                    decisions=decisions,
                )
        except (UnusableFile, OSError) as error:
            raise CommandError(f"{file.name}：{error}", returncode=2) from error
        except TransitionError as error:
            raise CommandError(str(error)) from error
        except IntegrityError as error:  # a form stored the same record first
            message = f"{file.name}：导入期间有人保存了同样的记录，没有写入任何内容；请重新导入"
            raise CommandError(message) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
        else:
            self._print(result, is_check=options["check"])
        if result.problems:
            raise SystemExit(1)

    def _print(self, result: ImportResult, *, is_check: bool) -> None:
        for finding in result.problems:
            self.stdout.write(str(finding))
        if result.warnings:
            self.stdout.write(f"提示 {len(result.warnings)} 处（不影响导入）：")
            for finding in result.warnings:
                self.stdout.write(f"  {finding}")
        if result.problems:
            self.stdout.write(
                f"共 {result.rows} 行，{len(result.problems)} 处有误，没有写入任何记录。"
            )
            if any(DOUBT in finding.message for finding in result.problems):
                self.stdout.write(
                    "疑似修改的行：用 --doubtful change 修改原记录，或 --doubtful new 记为另一笔。"
                )
        elif is_check:
            self.stdout.write(f"共 {result.rows} 行，可以导入。")
        else:
            created = "、".join(f"{name} {count}" for name, count in result.created.items())
            self.stdout.write(f"共 {result.rows} 行，已导入：{created}。")


def _user(name: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"没有账号“{name}”")
    return user


def _root(by: User, code: str | None) -> Area:
    if by.area is None:
        raise CommandError(f"账号“{by.username}”没有管辖区划，不能导入台账")
    if code is None:
        return by.area
    area = Area.objects.filter(code=code).first()
    if area is None or not by.covers(area.code):
        raise CommandError(f"区划“{code}”不存在或不在“{by.username}”的管辖范围")
    return area
