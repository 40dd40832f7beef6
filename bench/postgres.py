"""A temporary PostgreSQL with the settings of a real server: what it commits is on the disk."""

from __future__ import annotations

from typing import Self

from tests.postgres import PostgresServer, administer

#: The usual values for a server of this size; fsync and synchronous_commit stay on.
SETTINGS = (
    "listen_addresses=",
    "shared_buffers=2GB",
    "effective_cache_size=6GB",
    "work_mem=128MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
)


class Server(PostgresServer):
    """One server for the whole run, with a database for every scale."""

    def __init__(self) -> None:
        super().__init__(SETTINGS, locales=("C",))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def create(self, name: str, template: str = "template1") -> str:
        """Create an empty database, or a copy of another one, and return its DATABASE_URL."""
        connection = administer(self.url("postgres"))
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        connection.close()
        return self.url(name)
