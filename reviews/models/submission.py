"""The abstract base of every business record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords
from typing_extensions import override

from areas.models import Area
from reviews.checks import CheckedRecord, amount_faults, blocking, find_problems
from reviews.models.declaration import KindDeclaration
from reviews.models.imports import ImportBatch
from reviews.models.states import EDITABLE, REASON_LENGTH, Status
from reviews.querysets import SubmissionQuerySet


class Submission(CheckedRecord):
    """Abstract base of every business record.

    State machine: 草稿 → 待审核 → 已通过 | 已退回; 已退回 → 待审核; 已通过 → 已退回 (撤回通过); any but 已作废 → 已作废.
    `reviews.services` makes the transitions; only 草稿 and 已退回 are ever edited.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    status = models.CharField(
        "状态", max_length=8, choices=Status, default=Status.DRAFT, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="录入人",
    )
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="提交人",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)
    review_reason = models.CharField(
        "审核意见", max_length=REASON_LENGTH, blank=True, editable=False
    )
    transition_id = models.UUIDField(null=True, editable=False, db_index=True)
    import_batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="导入批次",
    )
    import_cell = models.CharField("台账位置", max_length=60, blank=True, editable=False)

    history = HistoricalRecords(inherit=True, excluded_fields=["transition_id"])
    objects = SubmissionQuerySet.as_manager()

    #: What the other rooms need to know of the kind; every kind sets its own.
    declaration: ClassVar[KindDeclaration] = KindDeclaration()
    #: Whether areas below name it, too: a street's fund its host, a street's gift its campaign.
    is_offered_below: ClassVar[bool] = False
    #: References whose area the record takes over, so its own area is optional: that of the first
    #: one that is filled. Empty: none.
    area_from: ClassVar[tuple[str, ...]] = ()
    #: Whether approved records are read in all areas below: what an authority has issued holds there.
    is_read_below: ClassVar[bool] = False
    #: The condition under which an approved record counts in figures and owes duties; none: always.
    counts_when: ClassVar[Q] = Q()
    #: Reference → fields that `complete` fills in from it when they are empty.
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    #: Number → its unit, where the label does not say it.
    units: ClassVar[Mapping[str, str]] = MappingProxyType({})
    #: The fields on which the unit of the kind's numbers depends, see `unit_of`.
    measured_by: ClassVar[tuple[str, ...]] = ()
    #: Relations that the checks read; fetched together with the records.
    related_for_checks: ClassVar[tuple[str, ...]] = ("area",)

    class Meta:
        abstract = True
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=F("submitted_by")),
                name="%(app_label)s_%(class)s_four_eyes",
                violation_error_message="提交人不能审核自己提交的记录",
            )
        ]

    def __str__(self) -> str:
        return str(getattr(self, self.title_field)) or f"未命名的{self._meta.verbose_name}"

    @classmethod
    @override
    def not_voided(cls) -> SubmissionQuerySet:
        return cls._default_manager.all().living()

    @property
    def is_editable(self) -> bool:
        """Whether a clerk may change the record now."""
        return self.status in EDITABLE

    def complete(self) -> None:
        """Fill in fields that follow from others: the area of `area_from`; kinds add their own."""
        for name in self.area_from:
            source = getattr(self, name, None)
            if source is not None:
                self.area_id = source.area_id
                return

    @override
    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Complete the record, validate its fields, and refuse amounts that SQLite cannot store
        exactly."""
        self.complete()
        super().clean_fields(exclude=exclude)
        if faults := {fault.field: fault.message for fault in amount_faults(self)}:
            raise ValidationError(faults, code="too_large")

    @classmethod
    def unit_of(cls, name: str, *measured: object) -> str:
        """Return the unit of a number for these values of `measured_by`; empty where its label says
        it, or it has none."""
        return cls.units.get(name, "")

    @classmethod
    def export_values(cls) -> Mapping[str, Callable[[Self], object]]:
        """Return functions for exported columns whose display value would cost a query per record.

        Called once per export, so a kind may query here what all its records need.
        """
        return {}

    @classmethod
    def counted_elsewhere(cls, transition_id: uuid.UUID) -> set[str]:
        """Return the codes of other areas in which the records of a transition count."""
        return set()

    @override
    def clean(self) -> None:
        """Refuse problems that would block a submission; for records stored without the entry form.

        The entry form accepts incomplete drafts (`reviews.pages.entry.RecordForm`).
        """
        super().clean()
        problems = blocking(find_problems(self))
        errors: dict[str, list[str]] = {}
        for problem in problems:
            errors.setdefault(problem.field, []).append(problem.message)
        if errors:
            raise ValidationError(errors)
