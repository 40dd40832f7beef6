"""Sends mail in the background; a mail that fails is tried again by the next run."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail

_log = logging.getLogger(__name__)


def try_to_send(subject: str, text: str, addresses: Sequence[str]) -> bool:
    """Send one mail; returns False, and logs why, where it could not be sent.

    Without addresses there is nothing to send, which counts as sent.
    """
    if not addresses:
        return True
    one_line = " ".join(subject.split())  # an area's name may contain a line break
    try:
        send_mail(one_line, text, settings.DEFAULT_FROM_EMAIL, list(addresses))
    except (OSError, ValueError) as error:
        _log.warning("邮件“%s”未能发出：%s", one_line, error)
        return False
    return True
