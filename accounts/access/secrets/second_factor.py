"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and ten codes on paper."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.access.secrets.passwords import end_sessions
from audit.acts import Act
from audit.events import record

if TYPE_CHECKING:
    from accounts.models import User

#: How many codes stand on the paper.
PAPER_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HALF = 5


class Authenticator(TOTPDevice):
    """An account's authenticator app (两步验证).

    The app's secret is made of the stored key and the server's own, so the database alone does not
    give it away.
    """

    class Meta:
        app_label = "accounts"
        proxy = True
        verbose_name = verbose_name_plural = "两步验证"

    @property
    def bin_key(self) -> bytes:
        """The secret that app and server share."""
        return salted_hmac("accounts.access.second_factor", self.key, algorithm="sha256").digest()[
            :20
        ]


def is_demanded(user: User) -> bool:
    """Return whether the account's role must have a second factor (`TOTP_ROLES`)."""
    return user.role in settings.TOTP_ROLES


def has_authenticator(user: User) -> bool:
    """Return whether the account has set up its second factor."""
    return has_device(user.pk)


def has_device(user_id: int | str) -> bool:
    """Return whether the account with a key has set up its second factor."""
    return Authenticator.objects.filter(user_id=user_id, confirmed=True).exists()


def begin(user: User) -> Authenticator:
    """Return the authenticator that the account is about to set up; the same until it is confirmed."""
    device, _ = Authenticator.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "authenticator"}
    )
    found: Authenticator = device
    return found


def picture_of(device: Authenticator) -> str:
    """Return the QR code of an authenticator as SVG markup; nothing is fetched for it."""
    return str(segno.make(device.config_url, error="m").svg_inline(scale=5, light="#fff", border=3))


def secret_of(device: Authenticator) -> str:
    """Return the secret in groups of four letters, for apps that cannot see the picture."""
    text = str(device.config_url).partition("secret=")[2].partition("&")[0]
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@transaction.atomic
def confirm(user: User, code: str) -> list[str]:
    """Set up the authenticator that shows this code; return the codes for the paper, or nothing."""
    device = begin(user)
    if not device.verify_token(_plain(code)):
        return []
    device.confirmed = True
    device.save()
    record(Act.SECOND_FACTOR_SET, about=user)
    return _new_paper(user)


@transaction.atomic
def verify(user: User, code: str) -> bool:
    """Return whether a code is the app's present one, or one of the paper; either is then used up.

    The devices are locked meanwhile, so that of two requests with one code the second is refused.
    """
    text = _plain(code)
    if text.isascii() and text.isdigit():
        apps = Authenticator.objects.select_for_update().filter(user=user, confirmed=True)
        return any(device.verify_token(text) for device in apps)
    papers = StaticDevice.objects.select_for_update().filter(user=user)
    return any(device.verify_token(_digest(text)) for device in papers)


@transaction.atomic
def reset(user: User) -> None:
    """Forget an account's authenticator and paper, and end its sessions."""
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    end_sessions(user)
    record(Act.SECOND_FACTOR_RESET, about=user)


def _new_paper(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="paper")
    codes = [_code() for _ in range(PAPER_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(_plain(code))) for code in codes
    )
    return codes


def _code() -> str:
    """Return a random code of ten letters, one of which is no digit."""
    while True:
        text = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
        if not text.isdigit():
            return f"{text[:_HALF]}-{text[_HALF:]}"


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").strip().lower()


def _digest(code: str) -> str:
    """Return what is stored of a paper code: 64 bits of its keyed digest."""
    return salted_hmac("accounts.access.paper", code, algorithm="sha256").hexdigest()[:16]
