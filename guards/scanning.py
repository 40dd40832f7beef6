"""Uploads pass a malware scanner, where the installation has one: clamd, by its command INSTREAM.

Nothing is taken unscanned: while the scanner does not answer, uploads are refused with a sentence.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterable
from contextlib import closing

from django.conf import settings

#: Seconds that clamd may take for a connection, and for each answer.
WAIT_SECONDS = 20.0
_PIECE = 64 * 1024
_MOST_OF_AN_ANSWER = 4096
_FOUND = re.compile(r"^stream: (.+) FOUND$")
_TOO_LARGE = "INSTREAM size limit exceeded"


class NotClean(ValueError):
    """The file is not taken; the Chinese message ends a sentence that begins with its name."""


def check_clean(pieces: Iterable[bytes]) -> None:
    """Send a file to the scanner that the setting CLAMD names; NotClean unless it finds nothing.

    Without the setting nothing is scanned.
    """
    if not settings.CLAMD:
        return
    try:
        answer = _answer_of(settings.CLAMD, pieces)
    except OSError:
        raise NotClean(
            "没有接收：病毒扫描服务没有应答，未经扫描的文件不予接收；请稍后再试，或联系系统管理员"
        ) from None
    if answer == "stream: OK":
        return
    if found := _FOUND.match(answer):
        raise NotClean(f"没有接收：病毒扫描发现“{found[1][:80]}”；请在本机查杀后重新上传")
    if _TOO_LARGE in answer:
        raise NotClean("没有接收：文件超过病毒扫描服务的上限；请压缩或分成几个文件后再上传")
    raise NotClean("没有接收：病毒扫描没有得出结果；请稍后再试，或联系系统管理员")


def _answer_of(address: str, pieces: Iterable[bytes]) -> str:
    with closing(_connected(address)) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        try:
            for piece in pieces:
                for start in range(0, len(piece), _PIECE):
                    part = piece[start : start + _PIECE]
                    clamd.sendall(struct.pack(">I", len(part)) + part)
            clamd.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd stops reading at its limit, and says so
        return _read(clamd)


def _connected(address: str) -> socket.socket:
    """Connect to `unix:/path` or `host:port`."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(WAIT_SECONDS)
        clamd.connect(rest)
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)


def _read(clamd: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < _MOST_OF_AN_ANSWER:
        part = clamd.recv(_MOST_OF_AN_ANSWER)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
