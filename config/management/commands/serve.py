"""`serve`: run the web server and its worker on an existing installation."""

from __future__ import annotations

import signal
import subprocess
import sys
from argparse import ArgumentParser
from types import FrameType

from django.core.management.base import BaseCommand
from typing_extensions import override

_WORKER = [
    "--pool",
    "threads",
    "--concurrency",
    "2",
    "--loglevel",
    "WARNING",
    "--without-mingle",
    "--without-gossip",
]
_WEB = ["--workers", "2", "--threads", "4", "--log-level", "warning"]


def _child(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments])  # noqa: S603 - our arguments


class Command(BaseCommand):
    """Run gunicorn on the loopback address and one Celery worker with beat as child processes."""

    help = "启动网站和后台任务"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options: object) -> None:
        """Run until interrupted; the worker ends with the web server."""
        worker = _child("celery", "-A", "config", "worker", "--beat", *_WORKER)
        web = _child("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *_WEB)

        def stop(number: int, frame: FrameType | None) -> None:
            web.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.stdout.write(f"已启动：http://127.0.0.1:{port}（按 Ctrl+C 停止）")
        self.stdout.flush()
        try:
            code = web.wait()
        finally:
            worker.terminate()
            worker.wait()
        if code > 0:
            raise SystemExit(code)
