"""The measures of the house, for `python -m tests.house` and for the test of their bounds."""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: A comment that ignores a mypy error; written in two parts, so that this line does not count.
_IGNORE = re.compile("# type" + r": ignore")


def modules() -> list[Path]:
    """Return the Python modules of the project, relative to it, without migrations."""
    rooms = [path for path in ROOT.iterdir() if path.name[0] != "." and path.name != "var"]
    found = [path for room in rooms for path in (room.rglob("*.py") if room.is_dir() else [room])]
    paths = sorted(path.relative_to(ROOT) for path in found if path.suffix == ".py")
    return [path for path in paths if "migrations" not in path.parts]


def is_test(path: Path) -> bool:
    """Return whether a module belongs to the tests."""
    return path.parts[0] == "tests"


def text_of(path: Path) -> str:
    """Return the source of a module."""
    return (ROOT / path).read_text(encoding="utf-8")


def count_any(source: str) -> int:
    """Return how often the name `Any` is used; its import does not count."""
    names, is_import = 0, False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.start[1] == 0:
            is_import = token.string in ("from", "import")
        elif token.type == tokenize.NEWLINE:
            is_import = False
        names += token.type == tokenize.NAME and token.string == "Any" and not is_import
    return names


def count_ignores(source: str) -> int:
    """Return the number of `type: ignore` comments."""
    return len(_IGNORE.findall(source))


def any_per_thousand(paths: Iterable[Path]) -> float:
    """Return the uses of `Any` per 1,000 lines of source."""
    sources = [text_of(path) for path in paths]
    return 1000 * sum(map(count_any, sources)) / sum(source.count("\n") for source in sources)


def ignores(paths: Iterable[Path]) -> int:
    """Return the number of `type: ignore` comments in these modules."""
    return sum(count_ignores(text_of(path)) for path in paths)


def modules_per_folder() -> Counter[Path]:
    """Return the number of modules that lie flat in each folder but those of tests.

    `__init__` does not count.
    """
    return Counter(
        path.parent for path in modules() if path.name != "__init__.py" and not is_test(path)
    )


def lines_of(folder: str) -> int:
    """Return the number of lines in all modules of a folder."""
    return sum(text_of(path).count("\n") for path in modules() if path.parts[0] == folder)


def report() -> str:
    """Return the measures of every room and of the whole tree as a table."""
    rows = ["room             lines  Any  per 1,000  type: ignore"]
    rooms = sorted({path.parts[0] for path in modules() if len(path.parts) > 1})
    for room in [*rooms, "*"]:
        paths = [path for path in modules() if room in ("*", path.parts[0])]
        lines = sum(text_of(path).count("\n") for path in paths)
        names = sum(count_any(text_of(path)) for path in paths)
        share = any_per_thousand(paths)
        rows.append(f"{room:<14} {lines:7} {names:4}  {share:9.1f}  {ignores(paths):12}")
    folder, number = modules_per_folder().most_common(1)[0]
    rows += ["", f"fullest folder: {folder} ({number} modules); config: {lines_of('config')} lines"]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
