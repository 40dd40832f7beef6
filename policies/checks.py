"""Checks of policy documents: the form of a 文号, days, and what rests on what."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from django.db.models import Q

from areas.codes import ancestors_of, is_within
from areas.querysets import within_q
from areas.spelling import folded
from policies.models import TEXT_LENGTH, PolicyDocument, PolicyState, bare_title, parts_of
from policies.naming import Name
from policies.numbers import normal_number, plain_text, year_of
from reviews.checks import (
    CheckedRecord,
    OnlyWith,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    required,
    valid_address,
)
from reviews.models import Status
from reviews.querysets import SubmissionQuerySet


def number_in_normal_form(document: PolicyDocument) -> Iterator[Problem]:
    """The 文号 must have the parts of a document number; its year suits the day of issue."""
    number = document.document_number
    if not number:
        return
    normal = normal_number(number)
    if not normal:
        message = (
            "“文号”应依次为机关代字、六角括号中的四位年份和序号，如渝民〔2025〕95号；"
            f"令写作民政部令第81号（现为{number}）"
        )
        yield Problem("number_form", "document_number", message)
        return
    year, day = year_of(normal), document.issued_on
    if year is not None and not year >= 1949:
        message = f"“文号”中的年份{year}过早，请核对"
        yield Problem("number_year", "document_number", message)
    elif year is not None and day is not None and year != day.year:
        message = f"“文号”的年份是{year}年，“成文日期”是{day}，请核对"
        yield Problem("number_year", "document_number", message, is_warning=True)


def end_given(document: PolicyDocument) -> Iterator[Problem]:
    """Warn of a document that ended on no day, and of one in force that has ended."""
    if document.state in (PolicyState.REPEALED, PolicyState.EXPIRED) and not document.ended_on:
        message = f"文件{document.get_state_display()}的，请填“失效日期”"
        yield Problem("end_missing", "ended_on", message, is_warning=True)


def text_fits(document: PolicyDocument) -> Iterator[Problem]:
    """The text must not be longer than what is searched."""
    if len(document.text) > TEXT_LENGTH:
        message = f"“正文”过长（{len(document.text)}字），不应超过{TEXT_LENGTH}字，请只留主要部分，全文作附件上传"
        yield Problem("too_long", "text", message)


def cited_in_full(document: PolicyDocument) -> Iterator[Problem]:
    """Warn of a text that names no document: neither a 文号 nor a title in book marks."""
    for field, label in (("based_on", "依据文件"), ("replaced_by", "替代文件")):
        for part in parts_of(getattr(document, field)):
            plain = plain_text(part)
            if not normal_number(part) and "(" not in plain:
                message = f"“{label}”的“{part}”应写作《文件名称》（文号），几份之间用分号隔开"
                yield Problem("not_cited", field, message, is_warning=True)


# --- among the documents of the library ---------------------------------------------------------


def number_once(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """A 文号 stands once in an area's library, and not again below an area that has it approved."""
    found = [
        (at, each)
        for at, each in enumerate(records)
        if isinstance(each, PolicyDocument) and each.document_number and each.area_id
    ]
    numbers = {each.document_number for _, each in found}
    if not numbers:
        return
    rows = PolicyDocument.objects.living().filter(document_number__in=numbers)
    stored = list(rows.select_related("area"))
    seen: set[tuple[str, str]] = set()
    for at, record in found:
        others = [each for each in stored if each.document_number == record.document_number]
        if (record.area_id, record.document_number) in seen:
            message = f"本表中已有文号为“{record.document_number}”的文件，请勿重复登记"
            yield at, Problem("same_number", "document_number", message)
        elif problem := _taken(record, [each for each in others if each.pk != record.pk]):
            yield at, problem
        seen.add((record.area_id, record.document_number))


def _taken(record: PolicyDocument, others: Sequence[PolicyDocument]) -> Problem | None:
    """Return the problem that another document of the line of areas has the number."""
    number = record.document_number
    for other in others:
        if other.area_id == record.area_id:
            message = f"文件库中已有文号为“{number}”的《{other.title}》，请勿重复登记"
            return Problem("same_number", "document_number", message)
        if is_within(record.area_id, other.area_id) and other.status == "approved":
            message = f"{other.area}已登记文号为“{number}”的《{other.title}》，可直接查阅和引用，不必重复登记"
            return Problem("same_number", "document_number", message)
    return None


def title_once(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of a second document of one title and without a 文号 in an area's library."""
    found = [
        (at, each)
        for at, each in enumerate(records)
        if isinstance(each, PolicyDocument) and each.title and not each.document_number
    ]
    if not found:
        return
    areas = {each.area_id for _, each in found}
    rows = PolicyDocument.objects.living().filter(area_id__in=areas, document_number="")
    stored = [
        (pk, (area, folded(bare_title(title))))
        for pk, area, title in rows.values_list("pk", "area_id", "title")
    ]
    seen: set[tuple[str, str]] = set()
    for at, record in found:
        key = record.area_id, folded(bare_title(record.title))
        if key in seen or any(key == other and pk != record.pk for pk, other in stored):
            message = f"文件库中已有没有文号的《{record.title}》，请核对是否重复登记"
            yield at, Problem("same_title", "title", message, is_warning=True)
        seen.add(key)


def no_circle(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """A document must not rest on itself, directly or through others; warn of a later basis."""
    found = [
        (at, each)
        for at, each in enumerate(records)
        if isinstance(each, PolicyDocument) and each.based_on and each.title and each.area_id
    ]
    if not found:
        return
    shelf = _Shelf([each for _, each in found])
    for at, record in found:
        if circle := shelf.circle_of(record):
            way = " → ".join(f"《{title}》" for title in circle)
            message = f"“依据文件”首尾相接：{way}，请核对哪一份以哪一份为依据"
            yield at, Problem("circle", "based_on", message)
        elif later := shelf.later_basis_of(record):
            message = (
                f"依据《{later[0]}》成文于{later[1]}，晚于本文件（{record.issued_on}），请核对"
            )
            yield at, Problem("later_basis", "based_on", message, is_warning=True)


def _beside(records: Collection[PolicyDocument]) -> SubmissionQuerySet:
    """Return what their clerks may read beside these records: the living documents in their areas,
    and the approved ones above."""
    places = {each.area_id for each in records}
    above = {code for place in places for code in ancestors_of(place)}
    found = Q(area_id__in=above, status=Status.APPROVED)
    for place in sorted(places):
        found |= within_q("area_id", place)
    rows: SubmissionQuerySet = PolicyDocument.objects.living().filter(found)
    return rows.exclude(pk__in={each.pk for each in records if each.pk})


class _Shelf:
    """The documents above and below these records that may be told of, and the records themselves."""

    def __init__(self, records: Collection[PolicyDocument]) -> None:
        rows = _beside(records)
        self._rows = [
            *rows.only("area", "title", "document_number", "based_on", "issued_on"),
            *records,
        ]
        self._named: dict[str, list[PolicyDocument]] = {}

    def _bases(self, document: PolicyDocument) -> list[PolicyDocument]:
        if document.based_on not in self._named:
            self._named[document.based_on] = [
                each
                for each in self._rows
                if Name(0, each.title, each.document_number).is_in(document.based_on)
            ]
        return [each for each in self._named[document.based_on] if _are_in_line(each, document)]

    def circle_of(self, record: PolicyDocument) -> list[str]:
        """Return the titles on a way that leads back to the record; empty where there is none."""
        ways = [(record, [record.title])]
        seen: set[int] = set()
        while ways:
            document, way = ways.pop()
            for basis in self._bases(document):
                if basis is record:
                    return [*way, record.title]
                if id(basis) not in seen:
                    seen.add(id(basis))
                    ways.append((basis, [*way, basis.title]))
        return []

    def later_basis_of(self, record: PolicyDocument) -> tuple[str, datetime.date] | None:
        """Return title and day of a basis that was issued after the record."""
        for basis in self._bases(record):
            if basis.issued_on and record.issued_on and basis.issued_on > record.issued_on:
                return basis.title, basis.issued_on
        return None


def _are_in_line(one: PolicyDocument, other: PolicyDocument) -> bool:
    """Return whether the area of one contains that of the other."""
    return is_within(one.area_id, other.area_id) or is_within(other.area_id, one.area_id)


#: What took the place of a document goes with one that does not hold as it was.
replaced_if_changed = OnlyWith(
    "replaced_by",
    "state",
    (PolicyState.AMENDED.value, PolicyState.REPEALED.value, PolicyState.EXPIRED.value),
)
ended_if_over = OnlyWith(
    "ended_on", "state", (PolicyState.REPEALED.value, PolicyState.EXPIRED.value)
)

declare_checks(
    PolicyDocument,
    required("title", "issuers", "state"),
    number_in_normal_form,
    not_before_1949("issued_on"),
    not_in_future("issued_on", "ended_on"),
    in_order("issued_on", "in_force_on"),
    in_order("issued_on", "ended_on"),
    ended_if_over,
    end_given,
    replaced_if_changed,
    cited_in_full,
    text_fits,
    valid_address("address"),
    batch=(number_once, title_once, no_circle),
)
