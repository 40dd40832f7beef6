"""Programs that are kept running: started again when they die, and ended when they are told to."""

from __future__ import annotations

import subprocess
import sys
import time

_SHORTEST_PAUSE, _LONGEST_PAUSE = 1, 60
#: A program that has run so many seconds is sound: the next pause is the shortest again.
_SOUND_AFTER = 60
#: Seconds in which a program must end when it is told to: a worker finishes its task first.
_END_WITHIN = 60


class Program:
    """A child process that is started again whenever it ends, after a pause that grows."""

    def __init__(self, title: str, module: str, *arguments: str) -> None:
        self.title, self._command = title, [sys.executable, "-m", module, *arguments]
        self._pause, self._started_at, self._starts_at = _SHORTEST_PAUSE, 0.0, 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(self._command)  # noqa: S603 - our arguments

    def look(self) -> str:
        """Start the process again if it is time; return a message when it has just ended."""
        if self._process is None:
            if time.monotonic() >= self._starts_at:
                self.start()
            return ""
        if (code := self._process.poll()) is None:
            return ""
        self._process = None
        pause = self._put_off()
        return f"{self.title}意外中止（{_cause(code)}），{pause}秒后重新启动"

    def _put_off(self) -> int:
        if time.monotonic() - self._started_at >= _SOUND_AFTER:
            self._pause = _SHORTEST_PAUSE
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        self._starts_at = time.monotonic() + pause
        return pause

    def failure(self) -> int:
        """Return the exit code with which the process gave up by itself; 0 for any other end."""
        code = self._process.poll() if self._process else None
        return max(code or 0, 0)

    def tell_to_end(self) -> None:
        """Ask the process to end."""
        if self._process:
            self._process.terminate()

    def end(self) -> str:
        """Wait for the end; return a message if it had to be forced."""
        if self._process is None:
            return ""
        try:
            self._process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return f"{self.title}在{_END_WITHIN}秒内没有结束，已强行终止"
        return ""


def _cause(code: int) -> str:
    return f"信号{-code}" if code < 0 else f"退出码{code}"
