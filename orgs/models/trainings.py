"""Trainings of charity workers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from reviews.models import KindDeclaration, Submission


class Training(Submission):
    """A training of charity workers, counted in 人次 (渝中 annex no. 4)."""

    name = models.CharField("培训名称", max_length=100)
    held_on = models.DateField("培训日期")
    audience = models.CharField("培训对象", max_length=100, blank=True)
    organiser = models.CharField("主办单位", max_length=100, blank=True)
    person_times = models.PositiveIntegerField("参训人次")
    people = models.PositiveIntegerField("参训人数", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="trainings",
        icon="school",
        example={
            "area": "500103001",
            "name": "慈善骨干培训",
            "held_on": "2026-05-04",
            "person_times": 40,
        },
        sealed=("name", "held_on", "audience", "person_times"),
        sheet=60,
        exported=("name", "held_on", "audience", "organiser", "person_times", "people"),
        wide=("name",),
        searched=("organiser",),
        prose=("note",),
        not_copied=("name", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name", "person_times")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "人才培训"
        indexes = [models.Index(fields=("held_on",), name="orgs_training_held_on")]
