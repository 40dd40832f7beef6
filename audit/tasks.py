"""Celery tasks of the log."""

from celery import shared_task

from audit.chain.keeping import clear_expired
from audit.chain.links import link_leftovers
from audit.chain.verifying import cover_histories


@shared_task
def tie_log() -> None:
    """Cover new versions and tie what a page could not tie itself (every 5 minutes). Idempotent."""
    cover_histories()
    link_leftovers()


@shared_task
def clear_log() -> int:
    """Delete events whose keeping has ended (every night); return how many. Idempotent."""
    return clear_expired()
