"""Reads the files of a folder made by `plan.py` and the programs; run by its path, not with the tests.

`LEDGER_FILES=FOLDER pytest -s -n 0 tests/ledger/many/whole_run.py` prints each fault and the counts.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accounts.models import User
from tests.ledger.many.facts import FAULTS, Outcome, Verdict, difference, outcome, verdict
from tests.ledger.many.plain import FUND
from tests.ledger.workbooks import fund, imported
from tests.types import Json


def test_every_file_says_the_truth_or_that_it_cannot(
    quji: User, shiju: User, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(quji, "funds", fund(基金名称=FUND), approve_as=shiju)
    folder = Path(os.environ["LEDGER_FILES"])
    run = _Run(folder, quji)
    for entry in json.loads((folder / "plan.json").read_text()):
        run.judge(entry)
    with capsys.disabled():
        sys.stdout.write("\n".join(run.lines()))
    assert not run.faults


@dataclass
class _Run:
    folder: Path
    by: User
    #: The outcome of the plain ledger by each writer; openpyxl's comes first.
    plain: dict[tuple[str, ...], Outcome] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def judge(self, entry: Json) -> None:
        path, writer = self.folder / entry["file"], f"{entry['writer']} .{entry['ending']}"
        if not path.exists():
            self.counts[writer, "not written"] += 1
            return
        try:
            found = outcome(entry["kind"], path.read_bytes(), self.by)
        except Exception as error:
            self.faults.append(f"{path.name} {entry['label']}: crash, {error!r}")
            self.counts[writer, "crash"] += 1
            return
        plain = self._plain(entry, found)
        said = verdict(plain, found, is_told=entry["is_told"])
        self.counts[writer, said] += 1
        lines = f"{path.name} {entry['label']}: {said}\n{difference(plain, found)}"
        if said in FAULTS or (entry["is_plain"] and said != Verdict.SAME):
            self.faults.append(lines)
        elif said != Verdict.SAME:
            findings = [found.refusal, *map(str, (*found.problems, *found.warnings))]
            self.told.append("\n    ".join([lines.split("\n")[0], *filter(None, findings[:4])]))

    def _plain(self, entry: Json, found: Outcome) -> Outcome:
        """Return the facts that openpyxl's plain file gave, and the warnings of the writer's own."""
        kind = entry["kind"]
        if entry["is_plain"]:
            self.plain[kind, entry["writer"], entry["ending"]] = found
        own = self.plain[kind, entry["writer"], entry["ending"]]
        return Outcome(self.plain[kind, "openpyxl", "xlsx"].facts, warnings=own.warnings)

    def lines(self) -> list[str]:
        """Return the faults, with TOLD=1 what was told of each other file, and the counts."""
        counts = [f"{writer}\t{said}\t{number}" for (writer, said), number in self.counts.items()]
        return [
            "",
            *self.faults,
            *(self.told if os.environ.get("TOLD") else ()),
            *sorted(counts),
            "",
        ]
