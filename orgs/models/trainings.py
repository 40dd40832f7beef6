"""Trainings of charity workers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from reviews.fields import ticked
from reviews.models import KindDeclaration, Submission

#: For whom, in which ways and in what 骨干人才 are trained (渝北民〔2021〕114号 三（二）1).
AUDIENCES = (
    "for_community_workers",
    "for_child_directors",
    "for_org_leaders",
    "for_social_workers",
    "for_volunteers",
)
TEACHING_FORMS = ("by_demonstration", "by_online_class", "by_new_media")
CONTENTS = ("teaches_party", "teaches_growth", "teaches_ability", "teaches_running")


class TrainingKind(models.TextChoices):
    """What a training is for (渝北 三（二）1, 云南 三（二）, 渝中 二（四）, 鄂尔多斯 12)."""

    BACKBONE = "backbone", "骨干人才培训"
    PROFESSION = "profession", "公益慈善和社会工作专业培训"
    EXAMINATION = "examination", "社会工作职业资格考试培训"
    FOUNDATION = "foundation", "社区基金会服务人才培训"
    BUSINESS = "business", "日常业务培训"
    EXCHANGE = "exchange", "交流学习"
    EMERGENCY = "emergency", "应急救援培训"
    OTHER = "other", "其他"


class Training(Submission):
    """A training of charity workers, counted in 人次 (渝中 annex no. 4)."""

    name = models.CharField("培训名称", max_length=100)
    held_on = models.DateField("培训日期")
    kind = models.CharField("培训类别", max_length=11, choices=TrainingKind, blank=True)
    other_kind = models.CharField("其他培训类别", max_length=30, blank=True)
    for_community_workers = models.BooleanField("城乡社区工作者", default=False)
    for_child_directors = models.BooleanField("儿童主任", default=False)
    for_org_leaders = models.BooleanField("社区社会组织负责人", default=False)
    for_social_workers = models.BooleanField("社区社会工作者", default=False)
    for_volunteers = models.BooleanField("社区志愿者", default=False)
    audience = models.CharField("培训对象", max_length=100, blank=True)
    by_demonstration = models.BooleanField("示范培训", default=False)
    by_online_class = models.BooleanField("网上课堂", default=False)
    by_new_media = models.BooleanField("新媒体教学", default=False)
    other_form = models.CharField("其他培训方式", max_length=30, blank=True)
    teaches_party = models.BooleanField("党的建设", default=False)
    teaches_growth = models.BooleanField("培育发展", default=False)
    teaches_ability = models.BooleanField("能力建设", default=False)
    teaches_running = models.BooleanField("日常运作", default=False)
    other_content = models.CharField("其他培训内容", max_length=60, blank=True)
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
            "kind": "backbone",
            "for_org_leaders": True,
            "by_demonstration": True,
            "teaches_ability": True,
            "person_times": 40,
        },
        sealed=("name", "held_on", "audience", "person_times"),
        sheet=60,
        exported=(
            "name",
            "held_on",
            "kind",
            "other_kind",
            ("groups_trained", "培训人群"),
            "audience",
            ("teaching_forms", "培训方式"),
            ("contents", "教学内容"),
            "organiser",
            "person_times",
            "people",
        ),
        wide=("name", "groups_trained", "contents"),
        searched=("organiser",),
        prose=("other_kind", "other_form", "other_content", "note"),
        not_copied=("name", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name", "person_times")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "人才培训"
        indexes = [models.Index(fields=("held_on",), name="orgs_training_held_on")]

    @property
    def groups_trained(self) -> str:
        """Which of the five groups it is for, in words."""
        return "、".join(ticked(self, AUDIENCES))

    @property
    def teaching_forms(self) -> str:
        """The ways in which it is taught, in words."""
        return "、".join([*ticked(self, TEACHING_FORMS), *filter(None, [self.other_form])])

    @property
    def contents(self) -> str:
        """What it teaches, in words."""
        return "、".join([*ticked(self, CONTENTS), *filter(None, [self.other_content])])
