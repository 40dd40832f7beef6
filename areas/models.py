"""The tree of administrative areas and its changes over time."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL, ancestors_of, level_of
from areas.naming import normalise_name
from areas.querysets import AreaQuerySet


class AreaKind(models.TextChoices):
    """The kind of an area. Kinds of one level have different names in different regions."""

    PROVINCE = "province", "省级"
    PREFECTURE = "prefecture", "地市级"
    COUNTY = "county", "区县"
    STREET = "street", "街道"
    TOWN = "town", "镇"
    TOWNSHIP = "township", "乡"
    SUMU = "sumu", "苏木"
    COMMUNITY = "community", "社区"
    VILLAGE = "village", "村"
    GACHA = "gacha", "嘎查"
    OTHER = "other", "其他"


class Area(models.Model):
    """An administrative area, identified by its statistical code.

    `is_counted` (纳入考核) says whether denominators include the area; a 工作站 or 虚拟社区 is in the tree but
    not counted. `valid_to` is the first day on which the area no longer exists.
    """

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=100, editable=False, db_index=True)
    level = models.PositiveSmallIntegerField("层级", editable=False)
    kind = models.CharField("类别", max_length=12, choices=AreaKind)
    is_counted = models.BooleanField("纳入考核", default=True)
    is_urban = models.BooleanField("城镇社区", default=False)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True, help_text="自该日起不再存在")

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="areas_area_dates_in_order",
                violation_error_message="撤销日期应晚于设立日期",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5),
                name="areas_area_level_1_to_5",
                violation_error_message="区划层级应为1至5级",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @override
    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Set the level and the short name first; ValidationError for a text that is not an area
        code."""
        self.derive()
        super().clean_fields(exclude=exclude)

    @override
    def clean(self) -> None:
        """Require the parent area, because figures add up level by level."""
        super().clean()
        above = self.ancestor_codes
        if above and not Area.objects.filter(code=above[-1]).exists():
            raise ValidationError({"code": f"上级区划{above[-1]}不存在，请先登记上级"})

    def derive(self) -> None:
        """Set `level` and `short_name` from code and name; ValidationError for an invalid code."""
        try:
            self.level = level_of(self.code)
        except ValueError as error:
            raise ValidationError({"code": str(error)}) from None
        self.short_name = normalise_name(self.name)

    @property
    def ancestor_codes(self) -> list[str]:
        """The codes of all areas above, from the highest down."""
        return ancestors_of(self.code)

    def exists_on(self, day: datetime.date) -> bool:
        """Return whether the area exists on `day`; it no longer does from `valid_to` on."""
        has_begun = self.valid_from is None or self.valid_from <= day
        return has_begun and (self.valid_to is None or day < self.valid_to)

    @property
    def is_township(self) -> bool:
        """Whether this is a street, town or township (level 4)."""
        return self.level == TOWNSHIP_LEVEL

    @property
    def is_community(self) -> bool:
        """Whether this is a community or village (level 5)."""
        return self.level == COMMUNITY_LEVEL


class AreaSuccession(models.Model):
    """One area follows another from a day on (merger, split or rename); records are never
    rewritten.

    From that day, records of the predecessor's subtree count for the areas with the same code
    suffix below the successor. After a split, one successor takes these records over
    (`carries_records`).
    """

    predecessor = models.ForeignKey(
        Area, models.PROTECT, related_name="successions", verbose_name="原区划"
    )
    successor = models.ForeignKey(
        Area, models.PROTECT, related_name="origins", verbose_name="承接区划"
    )
    on = models.DateField("生效日期")
    document_number = models.CharField("批复文号", max_length=60, blank=True)
    carries_records = models.BooleanField(
        "承接记录", default=True, help_text="原区划的记录自生效日起计入；拆分时只能有一个承接"
    )

    class Meta:
        verbose_name = verbose_name_plural = "区划变更"
        ordering = ("on", "predecessor")
        constraints = [
            models.UniqueConstraint(
                fields=("predecessor", "successor"),
                name="areas_areasuccession_once",
                violation_error_message="该区划变更已登记",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="areas_areasuccession_differs",
                violation_error_message="原区划与承接区划不能相同",
            ),
            models.UniqueConstraint(
                fields=("predecessor",),
                condition=Q(carries_records=True),
                name="areas_areasuccession_one_carries",
                violation_error_message="原区划的记录只能由一个区划承接",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor}→{self.successor}"
