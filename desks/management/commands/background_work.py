"""`background_work`: say whether background work stands still, for people and monitors."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from desks.background import given_up_uploads, sentence_about, standing_still


class Command(BaseCommand):
    """Exit code 0: nothing waits too long; 1: background work stands still."""

    help = "检查后台任务是否停滞"

    def handle(self, **options: object) -> None:
        """List the uploads that were given up; fail with what stands still."""
        for job in given_up_uploads():
            self.stdout.write(f"已放弃处理：上传编号{job.pk}，{job.area}，{job.get_kind_display()}")
        if sentence := sentence_about(standing_still()):
            raise CommandError(sentence)
        self.stdout.write("后台任务正常")
