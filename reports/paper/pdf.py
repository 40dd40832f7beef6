"""Makes a PDF of a Word document, by LibreOffice where it is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

#: Seconds that LibreOffice may take.
_PATIENCE = 120


class PdfError(Exception):
    """No PDF could be made; the message tells the user why."""


def can_make_pdf() -> bool:
    """Whether this machine has LibreOffice Writer."""
    return _program() is not None


def pdf_of(document: bytes) -> bytes:
    """Return the PDF of a .docx. PdfError if LibreOffice is missing, too slow or fails."""
    program = _program()
    if program is None:
        raise PdfError("服务器未安装 LibreOffice，不能生成 PDF；请下载 Word 文稿后自行转换")
    # Each run has its own profile: two runs that share one wait for each other or fail.
    with tempfile.TemporaryDirectory(prefix="report-pdf-") as folder:
        place = Path(folder)
        (place / "report.docx").write_bytes(document)
        _convert(program, place)
        made = place / "report.pdf"
        if not made.is_file() or not made.stat().st_size:
            raise PdfError("生成 PDF 失败，请稍后再试；Word 文稿不受影响")
        return made.read_bytes()


def _program() -> str | None:
    """Return the path of LibreOffice; None if it or its Writer, which opens .docx, is missing."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    folder = Path(found).resolve().parent
    is_its_own = (folder / "soffice.bin").exists()
    return found if not is_its_own or any(folder.glob("*swlo.*")) else None


def _convert(program: str, place: Path) -> None:
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck"),
        *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(place)),
        str(place / "report.docx"),
    ]
    try:
        process = subprocess.Popen(  # noqa: S603 - a program of the system, arguments of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise PdfError("无法启动 LibreOffice，未生成 PDF；请联系系统管理员") from error
    _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end; after the time limit, kill the group, for soffice starts a child process."""
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise PdfError(f"生成 PDF 超过{_PATIENCE}秒，已停止；请稍后再试") from error
