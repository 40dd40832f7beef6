"""Background tasks of logging in."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.access.guard import clear_counts
from accounts.access.models import LoginSession


@shared_task
def clear_logins() -> None:
    """Delete sessions that have ended and counts of failures that are forgotten."""
    LoginSession.objects.filter(expire_date__lt=timezone.now()).delete()
    clear_counts()
