"""Which files of DATA_DIR belong to the data: each room declares those that its rows name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class StoredFiles:
    """The files of one folder of DATA_DIR; `names` reads the rows and yields paths below DATA_DIR."""

    folder: str
    names: Callable[[], Iterator[str]]


_declared: list[StoredFiles] = []


def declare_files(folder: str, names: Callable[[], Iterator[str]]) -> None:
    """Let backups hold the files that rows name; a file is complete before its row is committed."""
    _declared.append(StoredFiles(folder, names))


def folders() -> list[str]:
    """Return the folders of DATA_DIR that a restore puts in place."""
    return [each.folder for each in _declared]


def names_of_files() -> Iterator[str]:
    """Yield the path of every file that the rows name, below DATA_DIR."""
    for each in _declared:
        for name in each.names():
            if not name.startswith(f"{each.folder}/"):
                raise ValueError(f"{name} lies outside of {each.folder}")
            yield name
