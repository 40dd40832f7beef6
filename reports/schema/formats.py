"""Reads drafts and editions of every format, and writes the present one (ADR 0018).

A sealed text is never rewritten; reading converts it to the present format. Each function
`_from_format_n` shows what the next format changed. No other module knows keys of older formats.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reports.schema.codec import FormatError, canonical, decoded
from reports.schema.content import FORMAT, Draft, EditionContent

Json = dict[str, Any]


# --- editions -------------------------------------------------------------------------------


def written(content: EditionContent) -> str:
    """Return the text that is sealed: canonical JSON of today's format."""
    if content.format != FORMAT:
        raise FormatError(f"format {content.format} is not written any more")
    return canonical(content)


def digest(text: str) -> str:
    """Return the SHA-256 of a sealed text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> EditionContent:
    """Return the content of an edition sealed in any format; FormatError if it is malformed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"no JSON: {error}") from None
    return parsed(document)


def parsed(document: object) -> EditionContent:
    """Return the content of an edition from its JSON (see `read`)."""
    return decoded(EditionContent, _of_today(document))


def _of_today(document: object) -> Json:
    """Return the document with the keys of the present format; its format number stays."""
    if not isinstance(document, dict):
        raise FormatError("an object is expected")
    try:
        for upgrade in _upgrades(document.get("format")):
            document = upgrade(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"not of its format: {error!r}") from None
    return document


def _upgrades(number: object) -> Iterable[Callable[[Json], Json]]:
    """Return the steps from a format to the one of today."""
    steps = (_from_format_1, _from_format_2, _from_format_3)
    if type(number) is not int or not 1 <= number <= FORMAT:
        raise FormatError(f"format {number} is unknown")
    return steps[number - 1 :]


# --- drafts ---------------------------------------------------------------------------------


def draft_json(draft: Draft) -> Json:
    """Return the JSON of a draft, as `Report.draft` stores it."""
    document: Json = json.loads(canonical({"format": FORMAT, **vars(draft)}))
    return document


def read_draft(document: Json) -> Draft | None:
    """Return a kept draft; None where none has been prepared."""
    if not document:
        return None
    kept = {key: value for key, value in document.items() if key != "format"}
    if "format" not in document:  # drafts of formats 1 and 2 did not name it
        kept = kept if "filing" in kept else _draft_from_format_1(kept)
        kept |= _figures_from_format_2(kept)
    kept = {"duties": [], "tasks": [], **kept}
    return decoded(Draft, kept)


# --- from format 3 to 4 ---------------------------------------------------------------------


def _from_format_3(old: Json) -> Json:
    """Add how the plan has the report titled, addressed and signed, which was the same for all."""
    return {
        "form": None,
        "duties": [],
        "tasks": [],
        **old,
        "seal": {"signatures": [], **old["seal"]},
    }


# --- from format 2 to 3 ---------------------------------------------------------------------

#: The keys of format 2 that became the seal in format 3.
_SEAL = (
    *("number", "sealed_by", "sealed_by_id", "sealed_by_role", "sealed_at", "filed_on"),
    *("previous_sha256", "reason", "is_zero", "generator"),
)


def _from_format_2(old: Json) -> Json:
    """Separate the seal from the figures; give records and values by key, not by position."""
    seal = {"filed_on": None, **{key: old[key] for key in _SEAL if key in old}}
    return {
        **{key: value for key, value in old.items() if key not in _SEAL},
        **_figures_from_format_2(old),
        "new_records": _new_records(old["new_records"], old["ledgers"]),
        "ledgers": [_ledger(each) for each in old["ledgers"]],
        "corrections": _corrections(old["corrections"]),
        "seal": seal | {"missing_reason": old["filing"]["missing_reason"]},
    }


def _figures_from_format_2(old: Json) -> Json:
    """Convert the part that drafts share: values by indicator, no second list of missing areas."""
    codes = [item["code"] for item in old["indicators"]]
    return {
        "indicators": [{"fingerprint": "", **item} for item in old["indicators"]],
        "children": [
            each | {"values": dict(zip(codes, each["values"], strict=True))}
            for each in old["children"]
        ],
        "filing": {"children": old["filing"]["children"]},
    }


def _new_records(counted: Mapping[str, int], ledgers: Iterable[Json]) -> list[Json]:
    kinds = {each["name"]: each["kind"] for each in ledgers}
    return [
        {"kind": kinds.get(name, ""), "name": name, "count": count}
        for name, count in counted.items()
    ]


def _ledger(old: Json) -> Json:
    return old | {"columns": [{"field": "", **column} for column in old["columns"]]}


def _corrections(old: Json | None) -> Json | None:
    if old is None:
        return None
    figures = [
        figure | {"records": [_record(each) for each in figure["records"]]}
        for figure in old["figures"]
    ]
    return old | {"figures": figures}


def _record(old: Json) -> Json:
    return {**old, "kind": "", "id": None, "kind_name": old["kind"]}


# --- from format 1 to 2 ---------------------------------------------------------------------


def _from_format_1(old: Json) -> Json:
    """Convert an edition of format 1: it has no text, reports below, comparison or corrections."""
    return {
        "is_zero": False,
        "sealed_by_role": "",
        "generator": "",
        "file_by": None,
        "successions": [],
        "comparison": [],
        "trend": None,
        "filing": {"children": [], "missing": [], "missing_reason": ""},
        "consolidation": {"is_from_editions": False, "sums": [], "differences": []},
        "narrative": [],
        "members": None,
        "new_records": {},
        "corrections": None,
        **old,
        "plan": {"issued_on": None, **old["plan"]},
        "area": {"is_top": True, **old["area"]},
        "indicators": [_indicator(item) for item in old["indicators"]],
        "ledgers": [{"is_summed": True, **each} for each in old["ledgers"]],
    }


def _draft_from_format_1(old: Json) -> Json:
    """Convert a draft of format 1, which has figures only."""
    return {
        "comparison": [],
        "filing": {"children": []},
        "narrative": {},
        **old,
        "indicators": [_indicator(item) for item in old["indicators"]],
    }


def _indicator(old: Json) -> Json:
    exact = [old["numerator"], old["denominator"]]
    return {"exact": exact, "rule": "", "at_least": None, "targets": [], **old}
