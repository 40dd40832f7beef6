"""The workbook and the Word document of an edition: how they are made, named and stored."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from reports.models import Edition
from reports.paper import word, workbook
from reports.schema.content import EditionContent

#: Numbers of the layouts and versions of the libraries; only equal ones make equal bytes.
GENERATOR = f"{workbook.GENERATOR}; {word.GENERATOR}"
WORKBOOK, DOCUMENT = "xlsx", "docx"


def folder() -> Path:
    """Return the folder of all files."""
    return Path(settings.DATA_DIR) / "editions"


def path_of(edition: Edition, kind: str) -> Path:
    """Return the path of an edition's file; `kind` is xlsx or docx."""
    report = edition.report
    return (
        folder() / f"{report.area.code}-{report.plan.code}-{report.due_on}-{edition.number}.{kind}"
    )


def workbook_path(edition: Edition) -> Path:
    """Return the path of an edition's workbook."""
    return path_of(edition, WORKBOOK)


def document_path(edition: Edition) -> Path:
    """Return the path of an edition's Word document."""
    return path_of(edition, DOCUMENT)


def hash_of(edition: Edition, kind: str) -> str:
    """Return the SHA-256 with which a file of an edition was sealed."""
    return {WORKBOOK: edition.workbook_sha256, DOCUMENT: edition.document_sha256}[kind]


def download_name(edition: Edition, kind: str = WORKBOOK) -> str:
    """Return the file name for downloads, in Chinese."""
    report = edition.report
    return (
        f"{report.area}{report.plan.subject}进展情况（{report.period}）第{edition.number}版.{kind}"
    )


def made(content: EditionContent, sha256: str) -> dict[str, bytes]:
    """Make both files of an edition; the digest is printed on them. Kind → bytes."""
    return {
        WORKBOOK: workbook.build_workbook(content, sha256),
        DOCUMENT: word.build_document(content, sha256),
    }


def made_again(edition: Edition) -> dict[str, bytes]:
    """Make both files again from a stored edition. Kind → bytes."""
    return made(edition.as_content(), edition.sha256)


def write(edition: Edition, files: dict[str, bytes]) -> None:
    """Store the files; each is written under another name and then renamed, so none is partial."""
    folder().mkdir(parents=True, exist_ok=True)
    for kind, data in files.items():
        path = path_of(edition, kind)
        partial = path.with_suffix(f".{kind}.part")
        partial.write_bytes(data)
        partial.replace(path)


def sm3_of(edition: Edition, kind: str) -> str:
    """Return the SM3 with which a file of an edition was sealed; empty without 国密."""
    return {WORKBOOK: edition.workbook_sm3, DOCUMENT: edition.document_sm3}[kind]


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
