"""In production a missing or weak secret stops the start, with a sentence that says what to set."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.conftest import ROOT, bare_environment

pytestmark = pytest.mark.once  # settings, no database

POSTGRES = "postgres://nobody@127.0.0.1:1/none"


def _start(**values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=bare_environment(**values),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    "secret", ["", "short", "django-insecure", "a" * 64, "abc" * 20, "1234567" * 8]
)
def test_production_does_not_start_with_a_bad_secret(tmp_path: Path, secret: str) -> None:
    done = _start(DATABASE_URL=POSTGRES, DATA_DIR=str(tmp_path), SECRET_KEY=secret)
    assert done.returncode != 0
    assert "环境变量 SECRET_KEY 未设置或强度不足" in done.stderr
    assert "secrets.token_urlsafe" in done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_a_weak_secret_is_refused_without_a_database_url_too(tmp_path: Path) -> None:
    assert _start(DATA_DIR=str(tmp_path), SECRET_KEY="weak").returncode != 0


def test_production_starts_with_a_good_secret(tmp_path: Path) -> None:
    secret = secrets.token_urlsafe(64)
    done = _start(DATABASE_URL=POSTGRES, DATA_DIR=str(tmp_path), SECRET_KEY=secret)
    assert done.returncode == 0, done.stderr


def test_the_embedded_default_makes_its_own_secret_and_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert _start(DATA_DIR=str(folder)).returncode == 0
    kept = folder / "secret_key"
    first = kept.read_text(encoding="ascii")
    assert len(first) >= 64
    assert kept.stat().st_mode & 0o077 == 0
    assert _start(DATA_DIR=str(folder)).returncode == 0
    assert kept.read_text(encoding="ascii") == first
