"""The user account: a role, and the area in whose subtree it applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from typing_extensions import override

from areas.codes import is_within
from areas.models import Area

if TYPE_CHECKING:
    from accounts.access.guard import Before


class Role(models.TextChoices):
    """A role decides what a user may do. Each user has one; the four-eyes rule relies on that."""

    CLERK = "clerk", "填报员"
    REVIEWER = "reviewer", "审核员"
    OBSERVER = "observer", "观察员"
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDITOR = "auditor", "审计员"


#: Roles that see the business records of their own area.
BUSINESS_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.OBSERVER})
#: The three duties of 三员分立; an account never moves between these and the business roles.
MANAGEMENT_ROLES = frozenset({Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR})


#: While one of these is at work, no command makes an administrator.
_STAFFED = (Role.ADMINISTRATOR, Role.SECURITY)


class PlatformUserManager(UserManager["User"]):
    """Creates accounts that may log in to the admin site, where all roles work."""

    @override
    def create_user(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: object,
    ) -> User:
        """Create an account that may log in; its role and area decide what it sees."""
        extra.setdefault("is_staff", True)
        return super().create_user(username, email, password, **extra)

    @override
    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: object,
    ) -> User:
        """Create a system administrator (also for `createsuperuser`), who sees no business data.

        While there is no 安全管理员 at all, the account has that duty, too (`keeps_security`).
        ValidationError for a password against the rules, because the command with `--noinput` asks
        nobody.
        """
        extra.setdefault("role", Role.ADMINISTRATOR)
        if settings.SECOND_PERSON and self.filter(role__in=_STAFFED, is_active=True).exists():
            raise ValidationError(
                "已有管理账号：新账号由安全管理员在“用户”中提出，另一人确认后建立"
            )
        if extra["role"] == Role.ADMINISTRATOR:
            is_first = not self.filter(role=Role.SECURITY).exists()
            extra.setdefault("keeps_security", is_first)
        if password is not None:
            validate_password(password, self.model(username=username))
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """A user account; the subtree of `area` is everything that its role applies to (`visible_to`)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField("姓名", max_length=50, blank=True)
    role = models.CharField("角色", max_length=14, choices=Role, default=Role.OBSERVER)
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="管辖区划",
        help_text="只能看到本区划及其下级的数据",
    )
    department = models.CharField(
        "部门",
        max_length=50,
        blank=True,
        help_text="本单位以外的部门或科室填写，如 社会工作部；决定以哪个单位的名义接收、会签报告",
    )
    employee_number = models.CharField(
        "工号",
        max_length=30,
        blank=True,
        help_text="统一身份认证按工号对应账号时填写",
    )
    is_staff = models.BooleanField("可登录后台", default=True)
    #: An administrator has the duty of the 安全管理员, too, until the first of these has logged in.
    keeps_security = models.BooleanField("过渡期兼安全管理员", default=False, editable=False)
    must_change_password = models.BooleanField("须修改口令", default=False, editable=False)
    password_changed_at = models.DateTimeField("口令修改时间", null=True, editable=False)

    #: The login before this one, set while its owner logs in.
    before_login: Before | None = None
    #: Whether a second factor is asked for in the session that begins.
    asks_code = False
    #: The hash that `set_password` replaced, until the account is saved.
    replaced_password = ""

    objects: ClassVar[PlatformUserManager] = PlatformUserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ("username",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in sorted(BUSINESS_ROLES)])
                | Q(area__isnull=False),
                name="accounts_user_business_role_has_area",
                violation_error_message="填报员、审核员和观察员须指定管辖区划",
            ),
            models.CheckConstraint(
                condition=Q(keeps_security=False) | Q(role=Role.ADMINISTRATOR),
                name="accounts_user_only_administrators_keep_security",
                violation_error_message="只有系统管理员可以在过渡期兼安全管理员",
            ),
            models.UniqueConstraint(
                fields=("employee_number",),
                condition=~Q(employee_number=""),
                name="accounts_user_employee_number_once",
                violation_error_message="该工号已属于另一个账号",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @override
    def set_password(self, raw_password: str | None) -> None:
        """Set the password and the moment from which its age counts."""
        self.replaced_password = self.password
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    @override
    def get_full_name(self) -> str:
        """Return the name to display."""
        return self.display_name or self.username

    @override
    def get_short_name(self) -> str:
        return self.get_full_name()

    @property
    def is_clerk(self) -> bool:
        """Whether the user enters and submits records."""
        return self.role == Role.CLERK

    @property
    def is_reviewer(self) -> bool:
        """Whether the user approves and returns records and seals reports."""
        return self.role == Role.REVIEWER

    @property
    def is_administrator(self) -> bool:
        """Whether the user manages areas, webhooks and operation (系统管理员)."""
        return self.role == Role.ADMINISTRATOR

    @property
    def manages_accounts(self) -> bool:
        """Whether the user has the duty of the 安全管理员: accounts, roles, tokens, locks."""
        return self.role == Role.SECURITY or (self.is_administrator and self.keeps_security)

    @property
    def is_auditor(self) -> bool:
        """Whether the user reads logs only."""
        return self.role == Role.AUDITOR

    @property
    def sees_records(self) -> bool:
        """Whether the account is active and its role sees business records."""
        return self.is_active and self.role in BUSINESS_ROLES and self.area_id is not None

    @property
    def sees_drafts(self) -> bool:
        """Whether the user sees records that nobody has submitted yet: those who enter or review."""
        return self.role != Role.OBSERVER

    @property
    def own_area(self) -> Area:
        """The area whose subtree the user works in; ValueError for an account without an area."""
        if self.area is None:
            raise ValueError(f"account {self.username} has no area")
        return self.area

    def covers(self, area_code: str) -> bool:
        """Return whether an area lies in the user's own subtree; always False without a business
        role."""
        return bool(self.sees_records and self.area_id and is_within(area_code, self.area_id))


# The app's other models: Django imports this module only. At the end, because they import `User`.
from accounts.access.models import FormerPassword, LoginCount, LoginSession  # noqa: E402, F401
from accounts.access.secrets.second_factor import Authenticator  # noqa: E402, F401
from accounts.api.models import ApiToken, Replay  # noqa: E402, F401
from accounts.webhooks.models import Webhook, WebhookDelivery  # noqa: E402, F401
