"""Forms with which people log in and change their password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from typing_extensions import override
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from accounts.access.guard import give_back
from accounts.access.handler import attempt_of, let_in, record_failure
from accounts.models import BUSINESS_ROLES, User
from audit.acts import Act
from audit.events import record

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: The one sentence for a wrong name, a wrong password, a lock and an account switched off.
REFUSED = (
    "用户名或口令不正确，或者因多次失败已暂时锁定。请核对后再试；"
    "仍不能登录的，稍后再试或联系管理账号的人员。"
)


def _may_use_password(user: User) -> bool:
    """Return whether a password lets an account in: accounts of other systems have tokens.

    With `OIDC_LOCAL_LOGIN=managers` business accounts come by the identity provider only.
    """
    is_by_provider = settings.OIDC_ISSUER and settings.OIDC_LOCAL_LOGIN == "managers"
    is_kept_out = is_by_provider and user.role in BUSINESS_ROLES
    return user.is_active and user.is_staff and not is_kept_out


class LoginForm(AuthenticationForm):
    """The form of the login page."""

    #: The identity provider in words; empty while there is none.
    provider = ""
    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "口令"

    @override
    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Admit the owner of an account for people; refuse accounts of other systems."""
        attempt = attempt_of(self.request, user.get_username())
        if not (isinstance(user, User) and _may_use_password(user)):
            record_failure(attempt)
            raise self.get_invalid_login_error()
        give_back(attempt)
        let_in(self.request, user)

    @override
    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(REFUSED, code="invalid_login")


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """The form with which an account's owner changes the password; it ends their other sessions."""

    error_messages = {
        "password_mismatch": "两次输入的新口令不一致。",
        "password_incorrect": "原口令不正确，请重新输入。",
    }

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(user, *args, **kwargs)
        names = {"old_password": "原口令", "new_password1": "新口令", "new_password2": "再输一次"}
        for name, label in names.items():
            self.fields[name].label = label
        self.fields["new_password1"].help_text = self.fields["new_password2"].help_text = ""

    @override
    def save(self, commit: bool = True) -> User:
        """Store the password and end every session; the view keeps the present one."""
        self.user.must_change_password = False
        user: User = super().save(commit)
        record(Act.PASSWORD_CHANGED, about=user)
        return user
