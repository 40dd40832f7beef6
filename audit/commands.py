"""Records the commands of the server's console, which have no account of the platform."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from audit.acts import Act, Outcome
from audit.context import Acting, acting

#: Commands that neither change nor hand out anything of the bureau, or that record it themselves → why.
UNRECORDED = {
    **dict.fromkeys(("help", "version", "check", "makemigrations", "showmigrations"), "只读代码"),
    **dict.fromkeys(("runserver", "serve", "testserver", "test"), "由其处理的请求和任务逐一记录"),
    **dict.fromkeys(
        ("collectstatic", "findstatic", "compilemessages", "makemessages"), "只涉及程序文件"
    ),
    **dict.fromkeys(("migrate", "sqlmigrate", "spectacular"), "结构升级，建立留痕基线时自行记录"),
    **dict.fromkeys(("background_work", "progress", "lineage", "check_figures"), "只显示状态"),
    **dict.fromkeys(("backup", "restore"), "自行记录，恢复的写入恢复后的日志"),
    **dict.fromkeys(("verify_editions", "verify_audit"), "核验，--all 时自行记录"),
    "demo": "演示数据，由其调用的业务逐一记录",
}


@contextmanager
def recorded_command(name: str) -> Iterator[None]:
    """Run a command within its context; record it where none of its services has."""
    with acting(Acting(task=name)) as now:
        outcome = Outcome.DONE
        try:
            yield
        except SystemExit as end:
            outcome = Outcome.FAILED if end.code else Outcome.DONE
            raise
        except BaseException:
            outcome = Outcome.FAILED
            raise
        finally:
            if name and name not in UNRECORDED and not now.recorded:
                _record(name, outcome)


def _record(name: str, outcome: Outcome) -> None:
    from django.apps import apps  # noqa: PLC0415 - Django may not have been set up

    if not apps.models_ready:
        return
    from audit.events import record  # noqa: PLC0415

    try:
        record(Act.COMMAND, outcome=outcome, detail=f"服务器用户 {getpass.getuser()} 执行 {name}")
    except DatabaseError:  # no database, or none that is migrated
        return
