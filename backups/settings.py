"""Settings of backups, from environment variables; a value that is none stops the start in Chinese.

BACKUP_DIR, BACKUP_DAYS, BACKUP_COPY_DIR, BACKUP_KEY_FILE, PG_BIN.
"""

from pathlib import Path

import environ

from running.environment import days

_env = environ.Env()


def _folder(variable: str) -> Path | None:
    text: str = _env.str(variable, default="").strip()
    return Path(text).resolve() if text else None


#: Where the nightly backups are kept; None: `backups` in DATA_DIR.
BACKUP_DIR = _folder("BACKUP_DIR")
#: How many days they are kept; 0: none is made at night.
BACKUP_DAYS = days("BACKUP_DAYS", 14, 0)
#: A second place to which each of them is copied; None: no second place.
BACKUP_COPY_DIR = _folder("BACKUP_COPY_DIR")
#: A file with the passphrase or the key by which they are encrypted; None: they are not.
BACKUP_KEY_FILE = _folder("BACKUP_KEY_FILE")
#: The folder of pg_dump and pg_restore; None: they are looked for.
PG_BIN = _folder("PG_BIN")
