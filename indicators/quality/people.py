"""Finds 人次 (person-times) that look like 人 (people)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q
from django.db.models.functions import Substr

from indicators.quality.findings import (
    TOWNSHIP_DIGITS,
    Finding,
    Found,
    Issue,
    Kind,
    QualityContext,
    below,
    listed,
    of_record,
)
from reviews.addresses import list_address
from reviews.checks import field_label
from reviews.kinds import record_kinds

#: If the two numbers are equal in this many records, it is hardly by accident.
ALWAYS_EQUAL = 5
RULE_OF_PEOPLE = (
    f"人次小于人数的记录；以及有{ALWAYS_EQUAL}条以上记录、人次却全部等于人数的街道（乡镇）。"
)


def people(sight: QualityContext) -> Found:
    """Return records with fewer 人次 than people, then townships where the two are always equal."""
    return listed([*_fewer_times_than_people(sight), *_always_equal(sight)])


def _counting_kinds() -> list[Kind]:
    """Return the kinds that have both numbers."""
    both = {"person_times", "people"}
    return [kind for kind in record_kinds() if both <= {field.name for field in kind._meta.fields}]


def _fewer_times_than_people(sight: QualityContext) -> Iterator[Finding]:
    for kind in _counting_kinds():
        rows = sight.records(kind).filter(person_times__lt=F("people"))
        for record in rows.select_related("area").order_by("area_id", "pk"):
            text = (
                f"{field_label(record, 'person_times')}{record.person_times}"
                f"小于{field_label(record, 'people')}{record.people}；"
                "每人至少计一次，人次不应小于人数，应核对两数"
            )
            yield of_record(Issue.PEOPLE, record, text)


def _always_equal(sight: QualityContext) -> Iterator[Finding]:
    for code, kinds in sorted(_equal_records(sight).items()):
        if kinds.total() >= ALWAYS_EQUAL:
            place = sight.name(code)
            sentence = (
                f"{place}{kinds.total()}条记录的人次都等于人数，可能把人数填成了人次；"
                "同一人受益或参加几次应计几人次，应核对"
            )
            link = list_address(kinds.most_common(1)[0][0], **below(code))
            yield Finding(Issue.PEOPLE, sentence, code, place, link)


def _equal_records(sight: QualityContext) -> dict[str, Counter[Kind]]:
    """Return, by township, the number of records per kind if 人次 and people are equal in all of
    them.
    """
    counted: dict[str, Counter[Kind]] = defaultdict(Counter)
    unequal = set()
    for kind in _counting_kinds():
        rows = sight.records(kind).filter(people__gt=0, person_times__isnull=False).order_by()
        places = rows.annotate(township=Substr("area_id", 1, TOWNSHIP_DIGITS)).values("township")
        for code, number, equal in places.annotate(
            number=Count("pk"), equal=Count("pk", filter=Q(person_times=F("people")))
        ).values_list("township", "number", "equal"):
            counted[code][kind] += number
            if equal < number:
                unequal.add(code)
    return {code: kinds for code, kinds in counted.items() if code not in unequal}
