"""How long events are kept, and their clearing: authorised, recorded, and the chain goes on."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.acts import Act
from audit.chain.lifting import lifted
from audit.chain.links import link_leftovers
from audit.events import record
from audit.models import AuditEvent


def clear_expired() -> int:
    """Delete the events whose keeping (`AUDIT_DAYS`) has ended; return their number. Idempotent.

    Their places in the chain stay, with the digests: it is verified as before. The event of the
    clearing says up to which number events are gone.
    """
    kept_since = timezone.now() - datetime.timedelta(days=settings.AUDIT_DAYS)
    link_leftovers()
    with transaction.atomic():
        first_kept = AuditEvent.objects.filter(at__gte=kept_since).order_by("pk").first()
        old = AuditEvent.objects.filter(at__lt=kept_since)
        if first_kept is not None:
            old = old.filter(pk__lt=first_kept.pk)
        last = old.order_by("-pk").first()
        if last is None:
            return 0
        number = old.count()
        with lifted():
            old._raw_delete(old.db)
        record(
            Act.LOG_CLEARED,
            after={"through": last.pk, "count": number, "days": settings.AUDIT_DAYS},
            detail=f"清理{timezone.localtime(kept_since):%Y-%m-%d}以前的日志{number}条",
        )
    return number
