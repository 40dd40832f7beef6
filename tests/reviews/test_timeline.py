"""The timeline of a record lists everything that happened to it, newest first, in words."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from audit.chain.lifting import lifted
from funds.models import Donation, Fund
from orgs.models import Charity
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.models import IMPORT_REASON, ImportBatch, Submission
from reviews.services import approve, reopen, return_, submit
from reviews.trail.differences import EMPTY, HIDDEN
from reviews.trail.timeline import TimelineEntry, rows_changed_since, timeline_of
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.photos import photo
from tests.types import Make


def upload(number: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"照片{number}.jpg", photo(f"#0000{number:02x}"))


def titles(entries: list[TimelineEntry]) -> list[str]:
    return [entry.title for entry in entries]


def one(entries: list[TimelineEntry], title: str) -> TimelineEntry:
    (found,) = (entry for entry in entries if entry.title == title)
    return found


def log(record: Submission, by: User, *messages: dict[str, object]) -> None:
    """Write the log entry that the admin writes when a page is saved."""
    kind = ContentType.objects.get_for_model(type(record))
    LogEntry.objects.create(
        user=by,
        content_type=kind,
        object_id=str(record.pk),
        object_repr=str(record),
        action_flag=CHANGE,
        change_message=json.dumps(messages),
    )


@pytest.fixture
def batch(quji: User) -> Callable[..., ImportBatch]:
    def create(area: str = DISTRICT, **values: object) -> ImportBatch:
        number = ImportBatch.objects.count()
        given = {"kind": "scenes", "file_name": "场景台账.xlsx", "created_by": quji, "row_count": 1}
        return ImportBatch.objects.create(area_id=area, sha256=f"{number}", **given | values)

    return create


def test_all_that_happened_is_there_newest_first(
    make: Make, jiedao: User, quji: User, shiju: User
) -> None:
    scene = make(Scene, name="慈善墙", created_by=jiedao)
    photo = add_attachment(scene, upload(), by=jiedao, note="揭牌")
    submit(scene, by=quji, reason="测试")
    return_(scene, by=shiju, reason="名称有误")
    scene.name = "慈善小巷"
    scene.save()
    remove_attachment(photo, by=quji)
    submit(scene, by=quji, reason="已改")
    approve(scene, by=shiju)
    entries = timeline_of(scene, shiju)
    assert titles(entries) == [
        "通过",
        "提交",
        "移除附件",
        "修改",
        "退回",
        "提交",
        "上传附件",
        "录入",
    ]
    assert [entry.by for entry in entries[:3]] == ["shiju", "quji", "quji"]
    returned = one(entries, "退回")
    assert (returned.by, returned.lines) == ("shiju", ("待审核 → 已退回", "理由：名称有误"))
    assert one(entries, "上传附件").lines == ("照片0.jpg", "说明：揭牌")
    assert one(entries, "上传附件").by == one(entries, "录入").by == "jiedao"
    assert one(entries, "移除附件").lines == ("照片0.jpg",)
    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)


def test_changes_are_told_in_labels_and_words(make: Make, jiedao: User) -> None:
    scene = make(Scene, name="慈善墙", type="wall", opened_on=datetime.date(2026, 3, 1))
    scene.name, scene.type, scene.has_staff = "慈善小巷", "alley", True
    scene.opened_on, scene.closed_on = datetime.date(2026, 3, 2), datetime.date(2026, 4, 1)
    scene.area_id = MINSHENGLU
    setattr(scene, "_history_user", jiedao)  # noqa: B010 - simple-history reads it, no model has it
    scene.save()
    entry = one(timeline_of(scene, jiedao), "修改")
    assert entry.by == "jiedao"
    assert [(each.label, each.before, each.now) for each in entry.changes] == [
        ("所属地区", "华一坡社区", "民生路社区"),
        ("场景名称", "慈善墙", "慈善小巷"),
        ("类型", "慈善墙", "慈善小巷"),
        ("建成日期", "2026年3月1日", "2026年3月2日"),
        ("停用日期", EMPTY, "2026年4月1日"),
        ("有人员", "否", "是"),
    ]


def test_a_save_that_changed_nothing_is_no_entry(make: Make, jiedao: User) -> None:
    scene = make(Scene)
    scene.save()
    scene.save()
    assert titles(timeline_of(scene, jiedao)) == ["录入"]


def test_transitions_are_no_field_changes(approved: Make, shiju: User) -> None:
    """A transition writes no version; the next version has its state, which nobody edited."""
    scene = approved(Scene)
    reopen(scene, by=shiju, reason="核对")
    scene.save()
    assert titles(timeline_of(scene, shiju)) == ["撤回通过", "通过", "提交", "录入"]


def test_another_records_events_are_not_mixed_in(
    make: Make, approved: Make, shiju: User, jiedao: User
) -> None:
    other = approved(Charity)
    scene = make(Scene, pk=other.pk)
    own = make(Scene)
    add_attachment(own, upload(), by=jiedao)
    log(own, jiedao, {"added": {"name": "管理小组成员", "object": "王芳"}})
    assert titles(timeline_of(scene, shiju)) == ["录入"]


def test_an_import_names_its_file_and_the_place_in_it(
    make: Make, quji: User, shiju: User, batch: Callable[..., ImportBatch]
) -> None:
    scene = make(Scene, import_batch=batch(), import_cell="场景!4", created_by=quji)
    entry = one(timeline_of(scene, shiju), "由台账导入")
    assert entry.lines == ("慈善服务场景台账“场景台账.xlsx”，位置 场景!4",)
    assert entry.by == "quji"


def _imported(scene: Scene, by: User, name: str) -> None:
    scene.name = name
    bulk_update_with_history(
        [scene], Scene, ["name"], default_user=by, default_change_reason=IMPORT_REASON
    )


def test_a_change_by_a_later_import_names_that_file(
    make: Make, quji: User, jiedao: User, shiju: User, batch: Callable[..., ImportBatch]
) -> None:
    scene = make(Scene, name="慈善墙")
    batch(file_name="早先.xlsx", changed_count=1)
    batch(file_name="别处.xlsx", area=JIEFANGBEI, changed_count=1)
    batch(file_name="别人.xlsx", created_by=jiedao, area=QIXINGGANG, changed_count=1)
    right = batch(file_name="六月.xlsx", area=QIXINGGANG, changed_count=1)
    batch(file_name="只有新增.xlsx", changed_count=0)
    _imported(scene, quji, "慈善小巷")
    batch(file_name="以后.xlsx", changed_count=1)
    entry = one(timeline_of(scene, shiju), "修改")
    assert entry.lines == (f"台账导入：慈善服务场景台账“{right.file_name}”",)
    assert [each.now for each in entry.changes] == ["慈善小巷"]


def test_rows_below_a_record_are_told_from_the_log_of_its_page(make: Make, jiedao: User) -> None:
    fund = make(Fund)
    before = timezone.now()
    log(
        fund,
        jiedao,
        {"changed": {"fields": ["负责人"]}},
        {"added": {"name": "管理小组成员", "object": "王芳"}},
        {"changed": {"name": "管理小组成员", "object": "李梅", "fields": ["职务"]}},
        {"deleted": {"name": "管理小组成员", "object": "赵某"}},
        {"added": {"name": "附件", "object": "照片.jpg"}},
    )
    log(fund, jiedao, {"changed": {"fields": ["负责人"]}})
    lines = (
        "管理小组成员：新增“王*”",
        "管理小组成员：修改“李*”（职务）",
        "管理小组成员：删除“赵*”",
    )
    assert one(timeline_of(fund, jiedao), "修改明细").lines == lines
    assert [line.split("（jiedao")[0] for line in rows_changed_since(fund, before)] == list(lines)
    assert rows_changed_since(fund, timezone.now()) == []


@pytest.mark.parametrize("message", ["", "已修改", "[]", "7", "{}", '["x"]', '[{"added": 1}]'])
def test_a_log_line_of_another_writer_does_no_harm(make: Make, jiedao: User, message: str) -> None:
    scene = make(Scene)
    log(scene, jiedao)
    LogEntry.objects.update(change_message=message)
    assert titles(timeline_of(scene, jiedao)) == ["录入"]


def test_where_the_first_version_was_not_kept_it_says_so(make: Make, jiedao: User) -> None:
    scene = make(Scene, created_by=jiedao)
    with lifted():
        scene.history.all().delete()
    assert titles(timeline_of(scene, jiedao)) == ["录入"]
    scene.name = "新名"
    scene.save()
    entry = one(timeline_of(scene, jiedao), "修改")
    assert entry.lines == ("修改前的内容没有留存",)
    assert one(timeline_of(scene, jiedao), "录入").by == "jiedao"


def test_a_neighbours_record_that_was_referred_to_once_is_not_named(
    make: Make, shiju: User, jiedao: User
) -> None:
    theirs, own = make(Fund, name="解放碑基金", area_id=MINSHENGLU), make(Fund, name="七星岗基金")
    donation = make(Donation, fund=theirs)
    donation.fund, donation.area_id = own, HUAYIPO
    donation.save()

    def told(user: User) -> list[str]:
        changes = one(timeline_of(donation, user), "修改").changes
        return [each.before for each in changes if each.label == "基金"]

    assert told(shiju) == ["解放碑基金"]
    assert told(jiedao) == [HIDDEN]


def _live(fund: Fund, hosts: list[Charity], jiedao: User, quji: User, shiju: User) -> None:
    for number, host in enumerate(hosts):
        fund.host, fund.note = host, f"{number}"
        fund.save()
        remove_attachment(add_attachment(fund, upload(number), by=jiedao), by=jiedao)
        log(fund, jiedao, {"added": {"name": "管理小组成员", "object": "王芳"}})
        submit(fund, by=quji, reason="测试")
        return_(fund, by=shiju, reason="再核对")


def test_many_entries_cost_as_many_queries_as_few(
    make: Make, jiedao: User, quji: User, shiju: User
) -> None:
    fund, costs = make(Fund), []
    for times in (1, 9):
        _live(fund, [make(Charity) for _ in range(times)], jiedao, quji, shiju)
        stored = Fund.objects.get(pk=fund.pk)
        with CaptureQueriesContext(connection) as queries:
            entries = timeline_of(stored, jiedao)
        costs.append(len(queries))
    assert len(entries) == 61
    assert costs[0] == costs[1] < 12, costs
