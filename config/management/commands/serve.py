"""`serve`: run the web server, its worker and its beat on an existing installation."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from typing_extensions import override

from running.programs import Program

_WEB = ["--workers", "2", "--threads", "4", "--log-level", "warning"]
# A task that breaks its process takes no other task with it: each has a process of its own.
_WORKER = ["--pool", "prefork", "--concurrency", "2", "--without-mingle", "--without-gossip"]
_QUIET = ["--loglevel", "WARNING"]

_LOOK_EVERY = 0.2


class Command(BaseCommand):
    """Run gunicorn on the loopback address, a Celery worker and the beat as child processes."""

    help = "启动网站、后台任务和定时任务；意外中止的会重新启动"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options: object) -> None:
        """Run until interrupted; exit with the web server's code where it cannot start."""
        celery = ("celery", "-A", "config")
        web = Program("网站", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *_WEB)
        worker = Program("后台任务", *celery, "worker", *_WORKER, *_QUIET)
        beat = Program("定时任务", *celery, "beat", "--pidfile=", *_QUIET)
        is_told_to_end = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: is_told_to_end.set())
        programs = (web, worker, beat)
        for program in programs:
            program.start()
        self._say(f"已启动：http://127.0.0.1:{port}（按 Ctrl+C 停止）")
        code = 0
        while not (is_told_to_end.wait(_LOOK_EVERY) or (code := web.failure())):
            for program in programs:
                self._say(program.look())
        self._end(programs)
        if code:
            raise SystemExit(code)

    def _end(self, programs: tuple[Program, ...]) -> None:
        for program in programs:
            program.tell_to_end()
        for program in programs:
            self._say(program.end())

    def _say(self, message: str) -> None:
        if message:
            self.stdout.write(message)
            self.stdout.flush()
