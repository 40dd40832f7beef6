"""The user: a role and the area below which it holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from typing_extensions import override

from areas.codes import is_within
from areas.models import Area


class Role(models.TextChoices):
    """What a user may do. Nobody holds two roles: that is what four-eyes rests on."""

    CLERK = "clerk", "填报员"
    REVIEWER = "reviewer", "审核员"
    OBSERVER = "observer", "观察员"
    ADMINISTRATOR = "administrator", "系统管理员"
    AUDITOR = "auditor", "审计员"


#: Roles that see business records of their own area.
BUSINESS_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.OBSERVER})


class PlatformUserManager(UserManager["User"]):
    """Everyone works in the same shell; `createsuperuser` makes a system administrator."""

    @override
    def create_user(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> User:
        """An account that may log in; what it sees is its role's and its area's."""
        extra.setdefault("is_staff", True)
        return super().create_user(username, email, password, **extra)

    @override
    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> User:
        """An administrator: accounts and settings, no business data."""
        extra.setdefault("role", Role.ADMINISTRATOR)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """An account. `area` is the root of everything the user sees (`visible_to`)."""

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
    is_staff = models.BooleanField("可登录后台", default=True)

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
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @override
    def get_full_name(self) -> str:
        """The name shown to people."""
        return self.display_name or self.username

    @override
    def get_short_name(self) -> str:
        """The name shown to people."""
        return self.get_full_name()

    @property
    def is_clerk(self) -> bool:
        """Enters and submits."""
        return self.role == Role.CLERK

    @property
    def is_reviewer(self) -> bool:
        """Approves, returns and seals."""
        return self.role == Role.REVIEWER

    @property
    def is_administrator(self) -> bool:
        """Keeps accounts and settings."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_auditor(self) -> bool:
        """Reads logs only."""
        return self.role == Role.AUDITOR

    @property
    def sees_records(self) -> bool:
        """Whether the role sees business records at all."""
        return self.is_active and self.role in BUSINESS_ROLES and self.area_id is not None

    @property
    def own_area(self) -> Area:
        """The area whose subtree the user works in; ValueError for an account without an area."""
        if self.area is None:
            raise ValueError(f"account {self.username} has no area")
        return self.area

    def covers(self, area_code: str) -> bool:
        """Whether an area lies in the user's own subtree (business roles only)."""
        return bool(self.sees_records and self.area_id and is_within(area_code, self.area_id))


# The rest of the app's models; at the end, for Django finds models in this module only.
from accounts.api.models import ApiToken, Replay  # noqa: E402, F401
from accounts.webhooks.models import Webhook, WebhookDelivery  # noqa: E402, F401
