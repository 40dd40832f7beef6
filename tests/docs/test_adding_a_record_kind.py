"""docs/adding-a-record-kind.md, followed to the letter in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.template import MIGRATED_FROM, SQLITE_FILE, copy_template

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "adding-a-record-kind.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What the page promises: files that change (the migration among them), lines written by hand.
MOST_FILES, MOST_LINES = 9, 120
_NOT_COPIED = (".git", ".venv", "var", ".*_cache", ".hypothesis")
_NO_PART = (*_NOT_COPIED, "__pycache__")
#: The sentence above a block: where the block goes.
_PLACE = re.compile(
    r"(?:(?P<how>Append to|Create) `(?P<whole>[^`]+)`"
    r"|In `(?P<part>[^`]+)`, (?P<side>before|after) the line `(?P<line>.+)`):\n*\Z"
)

pytestmark = pytest.mark.once


@dataclass(frozen=True)
class Step:
    """A command, or a block of text and the place where it goes."""

    text: str
    path: str = ""
    side: str = ""
    line: str = ""

    @property
    def is_command(self) -> bool:
        return not self.path


def steps() -> list[Step]:
    """Return the steps of the page, in order."""
    found = []
    for block in re.finditer(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        language, text = block.groups()
        if language == "sh":
            found += [Step(line) for line in text.splitlines() if line]
            continue
        place = _PLACE.search(PAGE[: block.start()])
        assert place, f"nothing says where this goes:\n{text}"
        if place["whole"]:
            found.append(Step(text, place["whole"], place["how"]))
        else:
            found.append(Step(text, place["part"], place["side"], place["line"]))
    return found


def put(root: Path, step: Step) -> None:
    """Put a block into its file; its imports go to the imports of the file."""
    path = root / step.path
    if step.side == "Create":
        assert not path.exists(), path
        path.write_text(step.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    imports = re.findall(r"^from .+ import .+\n", step.text, re.MULTILINE)
    block = re.sub(r"^from .+ import .+\n", "", step.text, flags=re.MULTILINE).strip("\n") + "\n"
    if step.side == "Append to":
        text = f"{text}\n\n{block}"
    else:
        line = f"{step.line}\n"
        assert text.count(f"\n{line}") == 1, f"{step.path} has no line, or several: {step.line}"
        text = text.replace(
            f"\n{line}",
            f"\n{block + chr(10) * 2 + line if step.side == 'before' else line + block}",
        )
    for each in imports:
        text = text.replace("\nfrom ", f"\n{each}from ", 1) if each not in text else text
    path.write_text(_future_first(text), encoding="utf-8")


def _future_first(text: str) -> str:
    """The one import that has to stand before all others."""
    future = "from __future__ import annotations\n"
    if future not in text:
        return text
    first = text.index("\nfrom ") + 1
    return text[:first] + future + "\n" + text[first:].replace(future, "", 1)


def run(root: Path, command: str) -> str:
    """The output of a command that succeeds in the copy."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        command.split(),
        cwd=root,
        env=kept
        | {"DATA_DIR": str(root / "var"), "PYTHONUTF8": "1"}
        | {MIGRATED_FROM: str(root / "var" / "before.sqlite3")},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files(root: Path) -> dict[str, bytes]:
    """The files of a project by their paths, without what running it leaves."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
        and not any(
            Path(part).match(each) for part in path.relative_to(root).parts for each in _NO_PART
        )
    }


@pytest.mark.copy
def test_the_page_followed_to_the_letter_gives_a_whole_kind(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    (root / ".venv").symlink_to(sys.prefix)
    # An installation that has run so far, and the same for the tests.
    for name in (SQLITE_FILE, "before.sqlite3"):
        copy_template(root / "var" / name)
    before = files(root)
    output = ""
    for step in steps():
        if step.is_command:
            output = run(root, step.text)
        else:
            put(root, step)
    passed = re.search(r"(\d+) passed", output)
    assert passed, output
    assert int(passed[1]) >= 8  # menu, form, API, template, ledger, review, export, seal
    assert "skipped" not in output
    after = files(root)
    changed = {path for path, content in after.items() if before.get(path) != content}
    written = {step.path for step in steps() if step.path}
    (migration,) = changed - written
    assert re.fullmatch(r"funds/migrations/\d{4}_fund_audits\.py", migration)
    assert written <= changed
    assert len(changed) <= MOST_FILES, sorted(changed)


def test_every_line_that_the_page_names_is_there_once() -> None:
    """A quick check, so that a change of such a line fails before the slow test above."""
    for step in steps():
        if step.line:
            lines = (ROOT / step.path).read_text(encoding="utf-8").splitlines()
            assert lines.count(step.line) == 1, f"{step.path}: {step.line}"


def test_the_page_asks_for_few_lines_by_hand() -> None:
    lines = [line for step in steps() if step.path for line in step.text.splitlines()]
    assert len(lines) <= MOST_LINES
    assert len({step.path for step in steps() if step.path}) < MOST_FILES  # and the migration


# --- README -----------------------------------------------------------------------------------------


def _rows() -> dict[str, str]:
    """The table “Where to add things”: what → where."""
    table = README.split("## Where to add things\n\n", 1)[1].split("\n\n")[0]
    rows = (line.strip("| ").split(" | ", 1) for line in table.splitlines()[2:])
    return {row[0]: row[1] for row in rows}


def test_readme_names_every_file_that_a_record_kind_needs() -> None:
    where = _rows()["a record kind"]
    assert "(docs/adding-a-record-kind.md)" in where
    named = set(re.findall(r"`([^`]+)`", where))
    needed = {step.path for step in steps() if step.path.endswith(".py")}
    assert {path.split("/")[1] for path in needed if path.startswith("funds/")} <= named


@pytest.mark.parametrize("what", _rows())
def test_what_readme_names_is_there(what: str) -> None:
    where = _rows()[what]
    for link in re.findall(r"\]\(([^)]+)\)", where):
        assert (ROOT / link).is_file(), link
    for name in re.findall(r"`([\w/.-]+\.(?:py|md|toml))`", where):
        places = [ROOT / name] if "/" in name else list(ROOT.glob(f"*/{name}"))
        assert any(path.is_file() for path in places), name
