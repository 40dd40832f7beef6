"""Processes and folders of a test run; none outlives the run, even if it is killed."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from tests import guard

#: The path of a unix socket, with a final NUL, has 104 bytes on macOS and 108 on Linux.
SOCKET_FOLDER_LIMIT = 104 - len("/.s.PGSQL.5432") - 1

#: Undone in reverse order at the end of the process, unless it is killed.
at_end = contextlib.ExitStack()
atexit.register(at_end.close)


class _Guard:
    """The process that cleans up if this one is killed; started with the first thing to guard."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        # A forked copy of this process must not keep the pipe open.
        os.register_at_fork(after_in_child=self._close_pipe)

    def tell(self, *words: object) -> None:
        """Send one line to the guard; see `tests/guard.py` for the lines."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__],
                stdin=subprocess.PIPE,
                start_new_session=True,
                text=True,
            )
        pipe = self._process.stdin
        assert pipe
        if not pipe.closed:
            pipe.write("\t".join(map(str, words)) + "\n")
            pipe.flush()

    def _close_pipe(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()


_guard = _Guard()


class ChildProcess:
    """A child process in its own session, so that Ctrl-C in the terminal reaches only pytest.

    `end_signal` is the signal that asks it to end.
    """

    def __init__(
        self,
        command: list[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the object)
        self._end_signal = end_signal
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=cwd,
            env=env,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        _guard.tell("+", self.pid, int(end_signal))
        self._ended = False
        at_end.callback(self.stop)

    @property
    def pid(self) -> int:
        """Process id of the child, which is also the id of its process group."""
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything the child has written to stdout and stderr so far."""
        # pread: the child shares the file offset, so a seek here would move its writes.
        descriptor = self._output.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def wait_until(self, is_ready: Callable[[], bool], timeout: float = 60) -> None:
        """Poll ``is_ready``; when the child ends or time runs out, kill it and show its log."""
        deadline = time.monotonic() + timeout
        while not is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._process.args!r} did not become ready:\n{self.log}")
            time.sleep(0.02)

    def wait(self) -> int:
        """Wait for the child to end by itself and return its exit status."""
        return self._process.wait()

    def stop(self, timeout: float = 15) -> None:
        """Ask the child itself to end, then kill what is left of its group."""
        if self._process.poll() is None:
            self._process.send_signal(self._end_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """SIGKILL the whole group."""
        if self._ended:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._ended = True
        _guard.tell("-", self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def is_open_to_all(folder: Path) -> bool:
    """Whether any user can enter the folder and its parents."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def fresh_folder() -> Path:
    """Make a folder, removed after the run, that suits unix sockets and another user's server."""
    for base in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):
        short = len(os.fsencode(base)) + len("/sc-12345678") <= SOCKET_FOLDER_LIMIT
        if short and (os.geteuid() != 0 or is_open_to_all(base)):
            break
    folder = Path(tempfile.mkdtemp(prefix="sc-", dir=base))
    _guard.tell("+", folder)
    at_end.callback(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _guard.tell("-", folder)
