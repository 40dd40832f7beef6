"""Mail that nobody waits for: sent, or left for the next run."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail

_log = logging.getLogger(__name__)


def sent(subject: str, text: str, addresses: Sequence[str]) -> bool:
    """Whether the mail went; one without an address needs no sending.

    A mail server that is down is asked again by the next run; one mail that cannot go stops no other.
    """
    if not addresses:
        return True
    one_line = " ".join(subject.split())  # an area's name may hold a line break
    try:
        send_mail(one_line, text, settings.DEFAULT_FROM_EMAIL, list(addresses))
    except (OSError, ValueError) as error:
        _log.warning("邮件“%s”未能发出：%s", one_line, error)
        return False
    return True
