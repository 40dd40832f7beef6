"""Celery tasks of backups."""

from celery import shared_task
from django.conf import settings

from backups.nightly import IsRunning, back_up_tonight


@shared_task
def back_up() -> str:
    """Make the backup of the night; return what was made, in Chinese. Twice at once is harmless."""
    if not settings.BACKUP_DAYS:
        return "按设置（BACKUP_DAYS=0）不自动备份"
    try:
        return back_up_tonight().sentence
    except IsRunning:
        return "另一个备份正在进行"
