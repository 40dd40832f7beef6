"""Checks of inspections and complaints, of what follows them, and of the hotline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from funds.checks import area_taken_over
from reviews.checks import (
    CheckedRecord,
    OneOf,
    OnlyWith,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    required,
    valid_address,
    valid_phone,
)
from supervision.checks.order import SUBMITTED, follow_ups_fit, locked, steps_in_order
from supervision.checks.records import charity_near
from supervision.life import Finding
from supervision.models import (
    Complaint,
    ComplaintAnswer,
    HotlineNotice,
    Inspection,
    Rectification,
    Referral,
)

#: At least so many inspectors (慈善法 art. 104).
_INSPECTORS = 2

#: The form hides both for other findings.
demands_of_problems = OnlyWith("demands", "finding", (Finding.PROBLEMS.value,))


def two_inspectors(inspection: Inspection) -> Iterator[Problem]:
    """Require at least two inspectors."""
    names = [each for each in re.split(r"[、,，;；/\s]+", inspection.inspectors) if each]
    if inspection.inspectors and len(set(names)) < _INSPECTORS:
        message = (
            f"检查人员不得少于{_INSPECTORS}人，姓名之间用顿号隔开（现为“{inspection.inspectors}”）"
        )
        yield Problem("inspectors", "inspectors", message)


def ordered_to_rectify(inspection: Inspection) -> Iterator[Problem]:
    """Require what is to be put right and by when; other findings have no due day."""
    if inspection.finding == Finding.PROBLEMS:
        for field, words in (("demands", "整改要求"), ("rectify_by", "整改期限")):
            if not getattr(inspection, field):
                yield Problem("order_missing", field, f"责令整改的，应填“{words}”")
    elif inspection.finding and inspection.rectify_by:
        message = f"检查结果为“{inspection.get_finding_display()}”，不填“整改期限”"
        yield Problem("order_alone", "rectify_by", message)


def answered_in_time(answer: ComplaintAnswer) -> Iterator[Problem]:
    """Refuse an answer before the complaint, warn of a late one."""
    complaint = answer.complaint if answer.complaint_id else None
    if complaint is None or not answer.answered_on:
        return
    if answer.answered_on < complaint.received_on:
        message = f"“答复日期”{answer.answered_on}早于受理日期{complaint.received_on}"
        yield Problem("order", "answered_on", message)
    elif answer.days_late:
        message = f"答复期限为{complaint.answer_by}，逾期{answer.days_late}天答复"
        yield Problem("late", "answered_on", message, is_warning=True)


def one_answer(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Refuse a second answer to one complaint: the first is to be corrected."""
    answers = {at: each for at, each in enumerate(records) if isinstance(each, ComplaintAnswer)}
    asked = {each.complaint_id for each in answers.values() if each.complaint_id}
    if not asked:
        return
    locked(Complaint, asked)
    own = {each.pk for each in answers.values() if each.pk}
    stored = ComplaintAnswer.objects.filter(complaint_id__in=asked, status__in=SUBMITTED)
    taken = set(stored.exclude(pk__in=own).values_list("complaint_id", flat=True))
    for at, answer in answers.items():
        if answer.complaint_id in taken:
            message = "该投诉举报已有答复，不重复登记；需要更正的请修改原答复"
            yield at, Problem("answered", "complaint", message)
        taken.add(answer.complaint_id)


def not_after_its_answer(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Refuse a changed complaint that was received after its submitted answer."""
    complaints = {
        each.pk: (at, each)
        for at, each in enumerate(records)
        if isinstance(each, Complaint) and each.pk and each.received_on
    }
    if not complaints:
        return
    stored = ComplaintAnswer.objects.filter(complaint__in=complaints, status__in=SUBMITTED)
    for pk, day in stored.order_by("pk").values_list("complaint_id", "answered_on"):
        at, complaint = complaints[pk]
        if day < complaint.received_on:
            message = f"受理日期{complaint.received_on}晚于已登记的答复日期{day}"
            yield at, Problem("order", "received_on", message)


declare_checks(
    Inspection,
    required("number", "kind", "inspected_on", "inspectors", "facts", "finding"),
    OneOf(("fund", "charity"), is_required=False),
    area_taken_over,
    charity_near,
    not_before_1949("inspected_on"),
    not_in_future("noticed_on", "inspected_on"),
    in_order("noticed_on", "inspected_on"),
    in_order("inspected_on", "rectify_by"),
    two_inspectors,
    ordered_to_rectify,
    demands_of_problems,
    batch=(follow_ups_fit,),
)

declare_checks(
    Rectification,
    required("measures", "rectified_on", "accepted_on", "result"),
    OneOf(("inspection", "visit")),
    area_taken_over,
    not_in_future("rectified_on", "accepted_on"),
    in_order("rectified_on", "accepted_on"),
    batch=(steps_in_order,),
)

declare_checks(
    Referral,
    required("receiver_name", "referred_on", "reason"),
    OneOf(("inspection", "complaint")),
    area_taken_over,
    not_in_future("referred_on"),
    batch=(steps_in_order,),
)

declare_checks(
    Complaint,
    required("number", "received_on", "channel", "subject", "matter", "answer_by"),
    OneOf(("fund", "charity"), is_required=False),
    area_taken_over,
    charity_near,
    not_before_1949("received_on"),
    not_in_future("received_on"),
    in_order("received_on", "answer_by"),
    batch=(follow_ups_fit, not_after_its_answer),
)

declare_checks(
    ComplaintAnswer,
    required("complaint", "answered_on", "result", "handling"),
    area_taken_over,
    not_in_future("answered_on"),
    answered_in_time,
    batch=(one_answer,),
)

declare_checks(
    HotlineNotice,
    required("publisher_name", "hotline_number", "medium", "published_on"),
    valid_phone("hotline_number"),
    not_before_1949("published_on"),
    not_in_future("published_on"),
    in_order("published_on", "ended_on"),
    valid_address("address"),
)
