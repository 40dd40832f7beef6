"""`rotate_keys`: encrypt all personal data under the newest key."""

from django.conf import settings
from django.core.management.base import BaseCommand

from audit.acts import Act, Outcome
from audit.encryption.columns import encrypted, keys_in_use, rewrite, tables
from audit.events import record


class Command(BaseCommand):
    """Exit with 0 only if everything is under the newest key; after an interruption start it again."""

    help = "用最新的密钥（FIELD_KEYS 中的第一个）重新加密全部个人信息，并说明哪些旧密钥可以移除"

    def handle(self, **options: object) -> None:
        """Rewrite table by table, then count again under which keys the texts are stored."""
        rows, faults = 0, []
        for table in tables():
            done = rewrite(table, encrypted)
            rows += done.rows
            faults += done.faults
            self.stdout.write(f"{table.name}：重新加密{done.rows}行")
        current = settings.FIELD_KEYS.current.fingerprint
        left = {key for key, _ in keys_in_use()} - {current}
        record(
            Act.COMMAND,
            after={
                "最新密钥": current,
                "行数": rows,
                "未完成": len(faults),
                "仍在用": sorted(left),
            },
            outcome=Outcome.FAILED if left or faults else Outcome.DONE,
            detail=f"执行 rotate_keys：重新加密{rows}行",
        )
        for fault in faults:
            self.stderr.write(fault)
        self._tell(current, left)
        if left or faults:
            raise SystemExit(1)

    def _tell(self, current: str, left: set[str]) -> None:
        known = [key.fingerprint for key in settings.FIELD_KEYS.keys if key.fingerprint != current]
        kept = sorted(left & set(known))
        free = [each for each in known if each not in left]
        if kept:
            self.stdout.write(
                f"密钥 {'、'.join(kept)} 仍有数据在用，不得移除：请确认全部网站和后台任务已带新密钥重新启动，再执行一次。"
            )
        if free:
            self.stdout.write(
                f"密钥 {'、'.join(free)} 已无数据在用，可从 FIELD_KEYS 中移除；旧备份仍须用它才能读取，请另行妥善保存。"
            )
        if not left:
            self.stdout.write(f"全部个人信息已用密钥 {current} 加密。")
