"""Places beside the live data: a folder and a database in which an archive becomes an installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from backups.contents.keys import key_values
from backups.faults import BackupFault

#: The file of SQLite in a DATA_DIR.
SQLITE_FILE = "platform.sqlite3"
_TOLD = 1500


@dataclass(frozen=True)
class ScratchPlace:
    """A DATA_DIR and a database; `url` "" means SQLite within the folder."""

    folder: Path
    url: str = ""

    @property
    def file(self) -> Path:
        """The file of SQLite."""
        return self.folder / SQLITE_FILE

    def write(self, blocks: Iterator[bytes]) -> None:
        """Write the file of SQLite."""
        with self.file.open("wb") as file:
            file.writelines(blocks)

    def run(self, *words: str, names: Sequence[str] = ()) -> list[str]:
        """Run `python -m backups.restoring.child` there with the keys of this installation; return its
        answer. `names` are handed over on its standard input.
        """
        left_out = ("DATABASE_URL", "REDIS_URL", "DATA_DIR")
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        environment |= key_values() | {"DATA_DIR": str(self.folder), "PYTHONIOENCODING": "utf-8"}
        if self.url:
            environment["DATABASE_URL"] = self.url
        return _answer(words, names, environment)


def _answer(
    words: Sequence[str], names: Sequence[str], environment: Mapping[str, str]
) -> list[str]:
    done = subprocess.run(  # noqa: S603 - our arguments
        [sys.executable, "-m", "backups.restoring.child", *words],
        cwd=settings.BASE_DIR,
        env=environment,
        input=json.dumps(list(names)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise BackupFault(f"在临时位置处理备份时出错：{done.stderr.strip()[-_TOLD:]}")
    answer: list[str] = json.loads(done.stdout)
    return answer


def url_of(name: str = "", schema: str = "") -> str:
    """Return the DATABASE_URL of another database or schema of the same server; "" on SQLite."""
    if connection.vendor != "postgresql":
        return ""
    told = {
        key: str(connection.settings_dict.get(key) or "") for key in ("USER", "PASSWORD", "PORT")
    }
    user, password = quote(told["USER"], safe=""), quote(told["PASSWORD"], safe="")
    port = f":{told['PORT']}" if told["PORT"] else ""
    host = str(connection.settings_dict.get("HOST") or "")
    database = quote(name or str(connection.settings_dict["NAME"]), safe="")
    # django-environ takes what stands before the last slash of the path as the folder of a socket.
    where = f"{port}/{quote(host)}" if host.startswith("/") else f"{host}{port}"
    options = dict(connection.settings_dict.get("OPTIONS") or {})
    if schema:
        options["options"] = f"-c search_path={schema}"
    asked = (
        f"?{urlencode({key: str(value) for key, value in options.items()}, quote_via=quote)}"
        if options
        else ""
    )
    return f"postgres://{user}{':' + password if password else ''}@{where}/{database}{asked}"
