"""The test run has the servers that its options request."""

from __future__ import annotations

import pytest
import redis
from django.db import connection

from tests.servers import RedisServer


@pytest.mark.django_db
def test_database_is_the_chosen_one(pytestconfig: pytest.Config) -> None:
    chosen = {"sqlite": "sqlite", "postgres": "postgresql"}[pytestconfig.getoption("database")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == chosen


def test_redis_keeps_its_data_over_a_restart(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.client_url) as client:
        client.set("test_servers", "kept")
        redis_server.stop()
        try:
            with pytest.raises(redis.ConnectionError):
                client.ping()
        finally:
            redis_server.start()
        assert client.get("test_servers") == b"kept"
        client.delete("test_servers")
