"""A scanner that speaks the protocol of clamd on a real socket."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What this scanner takes for malware: harmless bytes that no other program knows.
MARK = b"NOT-REALLY-MALWARE"


class _Session(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        received = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            received += self.rfile.read(length)
            if len(received) > self.server.most_bytes:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.scanned.append(received)
        if self.server.is_mute:
            return
        found = b"Test.Mark FOUND" if MARK in received else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


class Clamd(socketserver.ThreadingUnixStreamServer):
    """The server, and what was sent to it."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.scanned: list[bytes] = []
        self.most_bytes, self.is_mute = 25 * 1024 * 1024, False
        super().__init__(str(path), _Session)


@contextmanager
def listening(path: Path) -> Iterator[Clamd]:
    """Run the server on a Unix socket."""
    with Clamd(path) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
