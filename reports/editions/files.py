"""The files of an edition: made from it alone, and written whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from reports.models import Edition
from reports.paper import word, workbook
from reports.schema.content import EditionContent

#: What made the files: the layouts' numbers and the libraries' versions.
GENERATOR = f"{workbook.GENERATOR}; {word.GENERATOR}"
WORKBOOK, DOCUMENT = "xlsx", "docx"


def folder() -> Path:
    """Where all of them lie."""
    return Path(settings.DATA_DIR) / "editions"


def path_of(edition: Edition, kind: str) -> Path:
    """Where an edition's file lies; `kind`: xlsx or docx."""
    report = edition.report
    return (
        folder() / f"{report.area.code}-{report.plan.code}-{report.due_on}-{edition.number}.{kind}"
    )


def workbook_path(edition: Edition) -> Path:
    """Where its workbook lies."""
    return path_of(edition, WORKBOOK)


def document_path(edition: Edition) -> Path:
    """Where its Word document lies."""
    return path_of(edition, DOCUMENT)


def hash_of(edition: Edition, kind: str) -> str:
    """The SHA-256 its file was sealed with."""
    return {WORKBOOK: edition.workbook_sha256, DOCUMENT: edition.document_sha256}[kind]


def download_name(edition: Edition, kind: str = WORKBOOK) -> str:
    """The name a person gets it under."""
    report = edition.report
    return f"{report.area}社区慈善工作进展情况（{report.period}）第{edition.number}版.{kind}"


def made(content: EditionContent, sha256: str) -> dict[str, bytes]:
    """Both files of an edition's content, by kind."""
    return {
        WORKBOOK: workbook.build_workbook(content, sha256),
        DOCUMENT: word.build_document(content, sha256),
    }


def made_again(edition: Edition) -> dict[str, bytes]:
    """Both files from the edition alone."""
    return made(edition.as_content(), edition.sha256)


def write(edition: Edition, files: dict[str, bytes]) -> None:
    """Put the files where they belong: each is there whole or not at all."""
    folder().mkdir(parents=True, exist_ok=True)
    for kind, data in files.items():
        path = path_of(edition, kind)
        partial = path.with_suffix(f".{kind}.part")
        partial.write_bytes(data)
        partial.replace(path)


def sha256_of(data: bytes) -> str:
    """As hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
