"""PDFs are made by LibreOffice if it is installed; error messages are Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.paper import pdf
from reports.paper.pdf import PdfError, can_make_pdf, pdf_of

pytestmark = pytest.mark.once

#: A script in place of LibreOffice: notes its profile and input and writes a PDF.
_WORKS = """#!/bin/sh
for last; do :; done
echo "$1" >> "{log}/profiles"
cp "$last" "{log}/given.docx"
printf '%%PDF-1.7' > "${{last%.docx}}.pdf"
"""
_FAILS = "#!/bin/sh\nexit 1\n"
#: A script that starts another process, as soffice does, and never ends.
_HANGS = """#!/bin/sh
sleep 600 &
echo $! > "{log}/child"
wait
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the only place for programs besides the system's own tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cp", "sleep"):
        (folder / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def _program(folder: Path, text: str) -> None:
    program = folder / "soffice"
    program.write_text(text.format(log=folder))
    program.chmod(0o755)


def _document() -> bytes:
    return b"PK\x03\x04 a document"


def test_without_libreoffice_there_is_no_pdf(install: Path) -> None:
    assert not can_make_pdf()
    with pytest.raises(PdfError, match="未安装 LibreOffice"):
        pdf_of(_document())


def test_libreoffice_without_writer_makes_none(install: Path) -> None:
    _program(install, _WORKS)
    (install / "soffice.bin").touch()
    assert not can_make_pdf()
    (install / "libswlo.so").touch()
    assert can_make_pdf()


def test_each_pdf_has_a_profile_of_its_own_and_leaves_nothing(install: Path) -> None:
    _program(install, _WORKS)
    assert [pdf_of(_document()), pdf_of(_document())] == [b"%PDF-1.7"] * 2
    one, other = (install / "profiles").read_text().split()
    assert one != other
    for profile in (one, other):
        assert profile.startswith("-env:UserInstallation=file:///")
        assert not Path(profile.partition("file://")[2]).parent.exists()


def test_the_document_is_given_as_it_was_sealed(install: Path) -> None:
    _program(install, _WORKS)
    pdf_of(_document())
    assert (install / "given.docx").read_bytes() == _document()


def test_a_failure_is_told(install: Path) -> None:
    _program(install, _FAILS)
    with pytest.raises(PdfError, match="生成 PDF 失败"):
        pdf_of(_document())


def test_a_program_that_does_not_start_is_told(install: Path) -> None:
    _program(install, "no program at all")
    with pytest.raises(PdfError, match="无法启动 LibreOffice"):
        pdf_of(_document())


def test_too_slow_a_program_is_ended_with_all_it_started(
    install: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_PATIENCE", 1)
    _program(install, _HANGS)
    with pytest.raises(PdfError, match="超过1秒"):
        pdf_of(_document())
    child = Path(f"/proc/{(install / 'child').read_text().strip()}/stat")
    # The process is gone, or dead and not yet collected.
    assert not child.exists() or child.read_text().split()[2] == "Z"
