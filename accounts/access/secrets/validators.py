"""Rules of passwords beside Django's: classes of characters, no name, none of the last five."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, is_password_usable
from django.core.exceptions import ValidationError

from accounts.access.models import FormerPassword

if TYPE_CHECKING:
    from accounts.models import User

#: How many passwords, the present one included, may not be used again.
REMEMBERED = 5
_CLASSES = 3
#: Shorter names stand in many words by chance; a Chinese name has two characters.
_LEAST_NAME = {True: 3, False: 2}


class ThreeClasses:
    """The password has at least three of: capital letters, small letters, digits, other characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for fewer classes."""
        kinds = {
            "capital"
            if each.isupper()
            else "small"
            if each.islower()
            else "digit"
            if each.isdigit()
            else "other"
            for each in password
        }
        if len(kinds) < _CLASSES:
            raise ValidationError(self.get_help_text() + "。", code="password_classes")

    def get_help_text(self) -> str:
        """Return the rule in Chinese."""
        return "口令须含大写字母、小写字母、数字、其他字符中的至少三类"


class NotTheName:
    """The password contains neither the user name nor the person's name."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where a name stands in the password, in whatever case or width."""
        names = [user.username, user.display_name] if user else []
        folded = _folded(password)
        for name in map(_folded, names):
            if len(name) >= _LEAST_NAME[name.isascii()] and name in folded:
                raise ValidationError("口令不能含有用户名或姓名。", code="password_name")

    def get_help_text(self) -> str:
        """Return the rule in Chinese."""
        return "口令不能含有用户名或姓名"


class NotUsedBefore:
    """The password is none of the account's last five."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password that the account has or had."""
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(user=user).values_list("password", flat=True)
        used = {user.password, *former[:REMEMBERED]}
        if any(check_password(password, each) for each in used):
            raise ValidationError(f"口令不能与最近{REMEMBERED}次用过的相同。", code="password_used")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Remember the hash that was stored and the one before, and forget those before the last five."""
        if user is None or user.pk is None:
            return
        for each in (user.replaced_password, user.password):
            if is_password_usable(each) and each:
                FormerPassword.objects.get_or_create(user=user, password=each)
        rows = FormerPassword.objects.filter(user=user).values_list("pk", flat=True)
        FormerPassword.objects.filter(pk__in=list(rows[REMEMBERED:])).delete()

    def get_help_text(self) -> str:
        """Return the rule in Chinese."""
        return f"口令不能与最近{REMEMBERED}次用过的相同"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
