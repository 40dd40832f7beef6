"""The programs that `serve` keeps running."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import programs
from running.programs import Program
from tests.running.conftest import wait_until

pytestmark = pytest.mark.once


def _message(program: Program) -> str:
    """Start the program and return what is said about its end."""
    said: list[str] = []
    program.start()

    def has_ended() -> bool:
        said.append(program.look())
        return bool(said[-1])

    wait_until(has_ended)
    return said[-1]


def test_a_program_that_dies_at_once_is_started_again_after_a_growing_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = Program("后台任务", "no_such_module")
    for pause in (1, 2, 4):
        assert _message(program) == f"后台任务意外中止（退出码1），{pause}秒后重新启动"
    assert program.look() == ""  # not yet
    monkeypatch.setattr(programs, "_LONGEST_PAUSE", 8)
    assert "8秒后" in _message(program)
    assert "8秒后" in _message(program)
    monkeypatch.setattr(programs, "_SOUND_AFTER", 0)
    assert "1秒后" in _message(program)


def test_a_program_that_cannot_start_says_so_with_its_exit_code() -> None:
    program = Program("网站", "no_such_module")
    program.start()
    wait_until(lambda: program.failure() == 1)


def test_a_program_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deaf.py").write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(programs, "_END_WITHIN", 0.1)
    program = Program("后台任务", "deaf")
    program.start()
    wait_until((tmp_path / "up").exists)
    program.tell_to_end()
    assert "已强行终止" in program.end()
