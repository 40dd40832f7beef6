"""The content of a report: the figures of a draft, a whole edition, and its seal (format 4).

Names are the keys of the sealed JSON, listed with their meaning in docs/edition-format.md. Numbers
are decimal strings, so that no digit is lost; a figure that does not exist is None. Where an older
format lacks a key, its comment names the value that `reports.schema.formats` fills in.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

#: The format in which editions are sealed, and drafts kept.
FORMAT = 4

#: Indicator code → value; None without a figure.
Values = Mapping[str, str | None]
#: A cell of a ledger: text, decimal string or ISO day, a count, or empty.
Cell = str | int | None


class Fraction(NamedTuple):
    """Numerator and denominator of a figure, unrounded."""

    numerator: str
    denominator: str


class Member(NamedTuple):
    """A record that a figure counts: its kind (`funds.fund`), its id, and with which quantity."""

    kind: str
    id: int
    quantity: str


@dataclass(frozen=True)
class SealedPlan:
    """The policy document that the report answers."""

    code: str
    title: str
    document_number: str
    issuer: str
    issued_on: datetime.date | None  # None before format 2
    recipients: Sequence[str]
    #: SHA-256 of the plan's file; empty for a plan that was edited by hand.
    source_sha256: str


@dataclass(frozen=True)
class SealedArea:
    """The area that reports."""

    code: str
    name: str
    level: int
    #: Whether it is the plan's own area, whose bureau issued the document; before format 2 always.
    is_top: bool
    #: The name of the level directly below, e.g. 街道.
    child_label: str


@dataclass(frozen=True)
class SealedForm:
    """How the plan has the report titled, addressed and signed, filled in for the area."""

    #: The work that is reported on: 社区基金会服务工作.
    subject: str
    #: Its title without the area's name.
    title: str
    #: The first sentence.
    opening: str
    #: Who receives it; nobody receives what is only compiled.
    recipients: Sequence[str]
    #: Who signs it.
    signatories: Sequence[str]
    #: Whether it compiles the reports below, and is filed to nobody (本级汇总).
    is_compilation: bool
    #: Keys of the plan's [plan.report] whose values stand in no document (平台默认).
    assumed: Sequence[str]


@dataclass(frozen=True)
class SealedSuccession:
    """A change of areas that the figures followed."""

    on: datetime.date
    predecessor: str
    successor: str
    document_number: str
    carries_records: bool


@dataclass(frozen=True)
class SealedTarget:
    """A target of an indicator as the plan states it."""

    due_on: datetime.date
    place: str
    document: str
    clause: str
    text: str


@dataclass(frozen=True)
class SealedIndicator:
    """An indicator: its rule, its figure, its target of the year, and how far that is met."""

    code: str
    name: str
    unit: str
    counting: str
    counting_label: str
    #: Numerator and denominator as pages show them; `exact` are the same unrounded.
    numerator: str
    denominator: str
    exact: Fraction
    value: str | None
    value_text: str
    target: str | None
    target_text: str
    operator: str | None
    rate: str | None
    expected: str | None
    projection: str | None
    status: str
    status_label: str
    position: int
    #: Where the plan states it: `annex` or `text`.
    place: str
    clause: str
    reading: str
    is_percentage: bool
    #: The rule in words, and what figures must share to be added up; empty before format 2.
    rule: str
    fingerprint: str
    at_least: int | None
    targets: Sequence[SealedTarget]

    @property
    def measured_in(self) -> str:
        """The unit of its value; `%` for a percentage."""
        return "%" if self.is_percentage else self.unit


@dataclass(frozen=True)
class ChildValues:
    """The values of an area directly below."""

    code: str
    name: str
    values: Values


@dataclass(frozen=True)
class EarlierPeriod:
    """An earlier period to compare with: `key` is `last` or `year` (the same period a year before).

    `source` is `edition` where it was sealed, `records` where it is counted from today's records.
    """

    key: str
    label: str
    as_of: datetime.date
    source: str
    values: Values
    texts: Mapping[str, str]


@dataclass(frozen=True)
class ChildFiling:
    """An area below that owes a report, with the edition that counts for it, if any."""

    code: str
    name: str
    #: The status of its report in Chinese.
    label: str
    file_by: datetime.date
    first_filed_on: datetime.date | None
    number: int | None
    sha256: str
    as_of: datetime.date | None
    is_zero: bool
    values: Values

    @property
    def is_missing(self) -> bool:
        """Whether no edition of it could be used."""
        return self.number is None


@dataclass(frozen=True)
class Filing:
    """The areas below that file to this report."""

    children: Sequence[ChildFiling]

    @property
    def missing(self) -> list[ChildFiling]:
        """The areas whose report is missing."""
        return [each for each in self.children if each.is_missing]


@dataclass(frozen=True)
class SummedFigure:
    """An indicator summed from the editions below and the area's own records, beside all records.

    `reported` below, `direct` its own, `summed` both, `live` all records, `difference` live less
    summed: numerators.
    """

    code: str
    name: str
    unit: str
    is_percentage: bool
    reported: str
    direct: str
    summed: str
    live: str
    difference: str
    summed_text: str
    live_text: str


@dataclass(frozen=True)
class FigureDifference:
    """A figure that differs between an edition below and the records."""

    area: str
    name: str
    as_of: datetime.date
    code: str
    indicator: str
    sealed_text: str
    live_text: str
    difference_text: str
    #: The unit of the indicator; empty in older editions.
    unit: str = field(default="", compare=False)

    @property
    def sealed_amount(self) -> str:
        """The value as sealed, with its unit."""
        return _with_unit(self.sealed_text, self.unit)

    @property
    def live_amount(self) -> str:
        """The value of the records, with its unit."""
        return _with_unit(self.live_text, self.unit)


def _with_unit(text: str, unit: str) -> str:
    """Return a number with its unit; a percentage or words as they are."""
    return f"{text}{unit}" if text[-1:].isdigit() else text


@dataclass(frozen=True)
class Consolidation:
    """The sums of the editions below beside the figures of the records."""

    is_from_editions: bool
    sums: Sequence[SummedFigure]
    differences: Sequence[FigureDifference]


@dataclass(frozen=True)
class MonthlyTrend:
    """Values at the ends of the last months, the report's own day last."""

    days: Sequence[datetime.date]
    values: Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class Section:
    """A section of the report's text; a line is a paragraph."""

    code: str
    title: str
    text: str


@dataclass(frozen=True)
class NewRecords:
    """How many records of a kind are new since the last edition; an unknown `kind` is empty."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class LedgerColumn:
    """A column of a ledger; `field` is the record's field, empty before format 3."""

    field: str
    title: str
    #: `text`, `money` (yuan), `count` or `day`.
    type: str


@dataclass(frozen=True)
class SealedLedger:
    """The records of a kind behind the figures; `ids` and `rows` go in the same order."""

    kind: str
    name: str
    columns: Sequence[LedgerColumn]
    is_summed: bool
    ids: Sequence[int]
    rows: Sequence[Sequence[Cell]]


# --- duties and tasks -----------------------------------------------------------------------


@dataclass(frozen=True)
class OverdueDuty:
    """Something that a debtor owes and has not done although its day is past."""

    name: str
    #: What it is for, in Chinese: 2025年第1季度.
    period: str
    due_on: datetime.date


@dataclass(frozen=True)
class SealedDuty:
    """A duty (履责事项) of the plan: how many times it was owed within the area, and how that stands.

    `owed` is what was due from `since` to the day of the figures; what is neither `done`, `late`,
    `overdue` nor `excused` (or referred to somebody else) is due on the day itself.
    """

    code: str
    name: str
    clause: str
    #: Who owes it by when, in Chinese; which of its terms no document gives, or empty.
    who: str
    when: str
    assumed: str
    since: datetime.date
    owed: int
    done: int
    late: int
    overdue: int
    excused: int
    #: Overdue from before `since`.
    overdue_before: int
    #: All that is overdue, from before, too.
    behind: Sequence[OverdueDuty]


@dataclass(frozen=True)
class SealedTask:
    """A task (工作任务) of the plan: how many areas within owe it, and how far they are."""

    position: int
    name: str
    clause: str
    #: The name of its stage, or empty.
    stage: str
    #: Who owes it, in Chinese: 旗区.
    owed_by: str
    owing: int
    done: int
    under_way: int
    not_started: int
    #: Reported but not approved yet; not reported.
    pending: int
    silent: int
    #: How far it is in Chinese: the area's own state, or how many areas are how far.
    state: str
    #: The area's own approved words; empty where it told none.
    measures: str
    results: str
    #: The verdict on a goal with its reason, or empty.
    verdict: str


# --- corrections ----------------------------------------------------------------------------


@dataclass(frozen=True)
class CorrectedRecord:
    """A record that changed a figure; `kind` and `id` are empty before format 3."""

    kind: str
    id: int | None
    kind_name: str
    name: str
    area: str
    #: 新增, 新增（冲减） (a refund), 减少 or 数量变化.
    change: str
    old: str
    new: str


@dataclass(frozen=True)
class CorrectedChild:
    """An area below whose edition is another one, with its values of the indicator."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class CorrectedFigure:
    """A figure or target that differs from the edition before, and the causes."""

    code: str
    name: str
    unit: str
    old: str
    new: str
    old_target: str
    new_target: str
    records: Sequence[CorrectedRecord]
    editions: Sequence[CorrectedChild]
    #: The unit of the records' quantities; empty in older editions.
    quantity_unit: str = field(default="", compare=False)


@dataclass(frozen=True)
class Corrections:
    """How an edition differs from edition number `against` of the same report."""

    against: int
    figures: Sequence[CorrectedFigure]
    #: Other differences, a sentence each.
    others: Sequence[str]


@dataclass(frozen=True)
class SealedSignature:
    """A signature under a report that several offices sign together."""

    signatory: str
    by: str
    at: datetime.datetime


@dataclass(frozen=True)
class Seal:
    """Who sealed an edition, when, after which edition, and with which statements."""

    number: int
    sealed_by: str
    sealed_by_id: int
    sealed_by_role: str  # empty before format 2
    sealed_at: datetime.datetime
    filed_on: datetime.date | None  # None before it was recorded
    #: Digest of the edition before, of the same plan and area; empty for the first.
    previous_sha256: str
    #: Why a correction was made; why reports from below are missing or differ from the records.
    reason: str
    missing_reason: str
    #: 零报告.
    is_zero: bool
    #: What made the files: layouts and versions of libraries; empty before it was recorded.
    generator: str
    #: Who signed for which signatory; empty for a report that is not joint, and before format 4.
    signatures: Sequence[SealedSignature]


# --- documents ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The common part of drafts and editions: a day's figures, comparisons, and reports below."""

    as_of: datetime.date
    year: int
    indicators: Sequence[SealedIndicator]
    children: Sequence[ChildValues]
    comparison: Sequence[EarlierPeriod]
    filing: Filing
    #: Empty before format 4.
    duties: Sequence[SealedDuty]
    tasks: Sequence[SealedTask]


@dataclass(frozen=True, kw_only=True)
class Draft(Figures):
    """A report that is being prepared, as it was on its last day; `narrative`: section → text."""

    narrative: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ReportContent(Figures):
    """The whole content of a report; the seal turns it into an edition."""

    plan: SealedPlan
    area: SealedArea
    form: SealedForm | None  # None before format 4
    due_on: datetime.date
    file_by: datetime.date | None  # None before format 2
    #: The codes of the counted areas within, the area itself included.
    tree: Sequence[str]
    successions: Sequence[SealedSuccession]
    trend: MonthlyTrend | None  # None before format 2
    consolidation: Consolidation
    narrative: Sequence[Section]
    #: Indicator code → the records behind its figure; None before format 2.
    members: Mapping[str, Sequence[Member]] | None
    new_records: Sequence[NewRecords]
    ledgers: Sequence[SealedLedger]

    @property
    def subject(self) -> str:
        """The work that is reported on; before format 4 the same for every plan."""
        return self.form.subject if self.form else "社区慈善工作"

    @property
    def title(self) -> str:
        """The title without the area's name."""
        return self.form.title if self.form else f"{self.subject}进展情况报告"

    @property
    def signatories(self) -> Sequence[str]:
        """Who signs; before format 4 the bureau that issued the plan, or the area."""
        if self.form:
            return self.form.signatories
        return [self.plan.issuer if self.area.is_top else self.area.name]

    @property
    def reporting_unit(self) -> str:
        """The reporting unit (填报单位): those who sign."""
        return "、".join(self.signatories)

    @property
    def leading_indicators(self) -> Sequence[SealedIndicator]:
        """The indicators of the plan's annex, else all: what the first sheet shows."""
        annex = [item for item in self.indicators if item.place == "annex"]
        return annex or self.indicators

    def sealed(self, seal: Seal, corrections: Corrections | None) -> EditionContent:
        """Return the edition that the seal makes of it."""
        own = {each.name: getattr(self, each.name) for each in fields(ReportContent)}
        return EditionContent(**own, format=FORMAT, seal=seal, corrections=corrections)


@dataclass(frozen=True, kw_only=True)
class EditionContent(ReportContent):
    """A sealed edition; `format` is the one it was sealed in."""

    format: int
    seal: Seal
    #: None for a first edition.
    corrections: Corrections | None

    @property
    def values(self) -> dict[str, str | None]:
        """Indicator code → value."""
        return {item.code: item.value for item in self.indicators}

    @property
    def fractions(self) -> dict[str, list[str]]:
        """Indicator code → numerator, denominator, and the rule's fingerprint where it was recorded."""
        return {
            item.code: [*item.exact, *([item.fingerprint] if item.fingerprint else [])]
            for item in self.indicators
        }
