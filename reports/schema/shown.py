"""What a page has shown of a report's content: it goes back with the click, and a change is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reports.schema.codec import FormatError, canonical, decoded
from reports.schema.content import ChildFiling, ReportContent, SealedIndicator

_NONE = "无"
#: Keys of the content → how a page names a part of it that has changed.
_PARTS = {
    "plan": "方案",
    "area": "报送地区",
    "form": "标题、报送对象和签署单位",
    "due_on": "报送期限",
    "file_by": "本级报送期限",
    "year": "年度",
    "tree": "纳入考核的地区",
    "successions": "区划变更",
    "indicators": "指标",
    "children": "下级明细",
    "comparison": "与往期的比较",
    "trend": "各月数据",
    "filing": "下级报告",
    "consolidation": "汇总核对",
    "members": "各项数据所计的记录",
    "new_records": "本期新增",
    "duties": "履责情况",
    "tasks": "任务清单",
}


@dataclass(frozen=True)
class ShownContent:
    """The figures of a report as texts, and a digest of every part of its content.

    `figures` maps a label to a text, `parts` the Chinese name of a part to its digest.
    """

    figures: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: ReportContent) -> ShownContent:
        """Return what a page that shows this content has to send back."""
        return cls(
            figures=dict(_figures(content)),
            parts={name: _digest(part) for name, part in _parts(content)},
        )

    @classmethod
    def read(cls, text: str) -> ShownContent:
        """Return what `text` has written; an empty one, unlike any content, for another text."""
        try:
            return decoded(cls, json.loads(text))
        except (FormatError, ValueError, RecursionError):
            return cls()

    @property
    def text(self) -> str:
        """The text that travels with the page."""
        return canonical(self)

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, under which a signatory signs."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def changes_to(self, now: ShownContent) -> list[str]:
        """Return in Chinese how the content differs by now; empty if this is of no page."""
        if not self.parts:
            return []
        labels = dict.fromkeys([*self.figures, *now.figures])
        pairs = [
            (each, self.figures.get(each, _NONE), now.figures.get(each, _NONE)) for each in labels
        ]
        told = [f"{label}：{was} → {new}" for label, was, new in pairs if was != new]
        names = dict.fromkeys([*self.parts, *now.parts])
        moved = [each for each in names if self.parts.get(each) != now.parts.get(each)]
        return [*told, f"内容有变化的部分：{'、'.join(moved)}"] if moved else told


def _figures(content: ReportContent) -> Iterator[tuple[str, str]]:
    yield "数据截至日", content.as_of.isoformat()
    for item in content.indicators:
        yield f"指标“{item.name}”", _figure(item)
    for child in content.filing.children:
        yield f"{child.name}的报告", _edition(child)


def _figure(item: SealedIndicator) -> str:
    unit = "" if item.is_percentage or not item.value_text[-1:].isdigit() else item.unit
    return f"{item.value_text}{unit}（目标{item.target_text}，{item.status_label}）"


def _edition(child: ChildFiling) -> str:
    return "未报" if child.is_missing else f"第{child.number}版"


def _parts(content: ReportContent) -> Iterator[tuple[str, object]]:
    """Yield every part of the content that is no day: with its name on the page."""
    for key, name in _PARTS.items():
        yield name, getattr(content, key)
    for section in content.narrative:
        yield f"文稿“{section.title}”", section.text
    for sheet in content.ledgers:
        yield f"台账“{sheet.name}”", sheet


def _digest(part: object) -> str:
    return hashlib.sha256(canonical(part).encode()).hexdigest()[:16]
