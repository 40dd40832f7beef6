"""Attachments as evidence: the type of a file, who may add or remove it, and who may read it."""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile, File
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from guards.disk import DiskFull, check_room
from guards.scanning import NotClean, check_clean
from reviews.evidence.photos import PhotoError, is_heif, kept_photo
from reviews.evidence.quotas import beyond_quota, megabytes
from reviews.models import (
    Attachment,
    AttachmentKind,
    Submission,
    attachment_path,
    private_storage,
)
from reviews.privacy import holds_identity_number

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

SIZE_LIMIT = 10 * 1024 * 1024
#: A photo may be larger than a PDF, because it is kept scaled down.
PHOTO_SIZE_LIMIT = 30 * 1024 * 1024
COUNT_LIMIT = 20
NAME_LENGTH = 120
NOTE_LENGTH = 100

_FIRST_BYTES = {
    b"\xff\xd8\xff": AttachmentKind.JPEG,
    b"\x89PNG\r\n\x1a\n": AttachmentKind.PNG,
    b"%PDF-": AttachmentKind.PDF,
}
_EXTENSIONS = {
    AttachmentKind.JPEG: ".jpg",
    AttachmentKind.PNG: ".png",
    AttachmentKind.PDF: ".pdf",
}
#: A file extension such as `.jpeg` or `.DOCX`, but not the `.2` of 协议v1.2.
_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$")
#: Characters that Windows forbids in file names: bureaus save the files there.
_UNWELCOME = re.compile(r'[<>:"|?*]')


class AttachmentError(Exception):
    """The file may not be added or removed; the Chinese message is for the user."""


@dataclass(frozen=True)
class Evidence:
    """The verified facts about an uploaded file.

    `content` is a photo as it is kept, which `size` and `sha256` describe; None for a PDF, which is
    kept as it was uploaded.
    """

    file_name: str
    kind: AttachmentKind
    size: int
    sha256: str
    upload_sha256: str
    content: bytes | None = field(default=None, repr=False)

    @property
    def digests(self) -> set[str]:
        """The digests by which the file is recognised: as it was uploaded and as it is kept."""
        return {self.sha256, self.upload_sha256}


def kind_by_content(head: bytes) -> AttachmentKind | None:
    """Return the type in which a file is kept, by its first bytes; JPEG for the HEIC of iPhones.

    The name and the browser's claim are ignored.
    """
    if is_heif(head):
        return AttachmentKind.JPEG
    return next((kind for first, kind in _FIRST_BYTES.items() if head.startswith(first)), None)


def safe_name(raw: str) -> str:
    """Return a name without path, control characters and bidi marks; never empty, of any length."""
    return _visible(raw).strip(". ") or "附件"


def _visible(raw: str) -> str:
    last = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    spaced = "".join(" " if unicodedata.category(char)[0] == "Z" else char for char in last)
    shown = "".join(char for char in spaced if unicodedata.category(char)[0] != "C")
    return " ".join(_UNWELCOME.sub("_", shown).split())


def display_name(raw: str, kind: AttachmentKind) -> str:
    """Return the safe name, at most 120 characters long, with the extension of the actual type."""
    ending = _EXTENSIONS[kind]
    stem = safe_name(_EXTENSION.sub("", _visible(raw)))
    return stem[: NAME_LENGTH - len(ending)].rstrip(". ") + ending


def inspect_upload(upload: UploadedFile[bytes]) -> Evidence:
    """Return type, size, digests and name of an upload, and a photo as it is kept.

    AttachmentError says what would be right.
    """
    named = f"“{safe_name(upload.name or '')[:NAME_LENGTH]}”"
    size = upload.size or 0
    if not size:
        raise AttachmentError(f"{named}是空文件，请重新选择照片或PDF文件")
    digest, head = hashlib.sha256(), b""
    for chunk in upload.chunks():
        head = head or chunk[:16]
        digest.update(chunk)
    kind = kind_by_content(head)
    if kind is None:
        raise AttachmentError(
            f"{named}不是照片或PDF文件；请上传JPEG、PNG照片或PDF文件，其他格式请先另存为PDF"
        )
    most = SIZE_LIMIT if kind == AttachmentKind.PDF else PHOTO_SIZE_LIMIT
    if size > most:
        raise AttachmentError(
            f"{named}有{megabytes(size)}，超过{most // 1024**2} MB；请压缩后再上传"
        )
    name, sha256 = upload.name or "", digest.hexdigest()
    _refuse_unsafe(upload, named, size)
    if kind == AttachmentKind.PDF:
        return Evidence(display_name(name, kind), kind, size, sha256, sha256)
    upload.seek(0)
    try:
        kept = kept_photo(upload, kind, is_from_heif=is_heif(head))
    except PhotoError as error:
        raise AttachmentError(f"{named}{error}") from None
    return Evidence(
        file_name=display_name(name, kept.kind),
        kind=kept.kind,
        size=len(kept.content),
        sha256=hashlib.sha256(kept.content).hexdigest(),
        upload_sha256=sha256,
        content=kept.content,
    )


def _refuse_unsafe(upload: UploadedFile[bytes], named: str, size: int) -> None:
    """Raise AttachmentError where the disk is full, or the malware scanner does not pass the file."""
    try:
        check_room(size)
        check_clean(upload.chunks())
    except DiskFull as full:
        raise AttachmentError(str(full)) from None
    except NotClean as refused:
        raise AttachmentError(f"{named}{refused}") from None


def attachments_of(record: Submission) -> QuerySet[Attachment]:
    """Return all attachments of a record, also removed ones."""
    kind = ContentType.objects.get_for_model(type(record))
    return Attachment.objects.filter(content_type=kind, object_id=record.pk)


def changed_attachments(model: type[Submission], moment: datetime.datetime) -> QuerySet[Attachment]:
    """Return the attachments of a record kind that were added or removed after a moment."""
    kind = ContentType.objects.get_for_model(model)
    changed = Q(added_at__gt=moment) | Q(removed_at__gt=moment)
    return Attachment.objects.filter(changed, content_type=kind)


def living_attachments(record: Submission) -> QuerySet[Attachment]:
    """Return the attachments that were not removed, in upload order."""
    return attachments_of(record).filter(removed_at__isnull=True)


def add_attachment(
    record: Submission,
    upload: UploadedFile[bytes],
    *,
    by: User,
    note: str = "",
    evidence: Evidence | None = None,
) -> Attachment:
    """Store one file as evidence of a record.

    `evidence` is what `inspect_upload` returned of the upload (default: it is inspected here).
    AttachmentError when the file is unacceptable, a duplicate or one too many, or when the user may
    not edit the record. Run the whole transaction inside `nothing_left_behind()`.
    """
    evidence = evidence or inspect_upload(upload)
    with nothing_left_behind(), transaction.atomic():
        _lock_for_edit(record, by)
        refuse_surplus(living_attachments(record), [evidence])
        refuse_beyond_quota(by, evidence.size)
        attachment = Attachment(
            content_type=ContentType.objects.get_for_model(type(record)),
            object_id=record.pk,
            file_name=evidence.file_name,
            kind=evidence.kind,
            size=evidence.size,
            sha256=evidence.sha256,
            upload_sha256=evidence.upload_sha256,
            note=_note(note),
            added_by=by,
        )
        kept = upload if evidence.content is None else ContentFile(evidence.content)
        attachment.file.name = _write(attachment, kept)
        attachment.save()
    return attachment


def remove_attachment(attachment: Attachment, *, by: User) -> None:
    """Remove an attachment from its record; file and row stay. AttachmentError as in `attach`."""
    model = _record_model(attachment)
    record = model._default_manager.filter(pk=attachment.object_id).first() if model else None
    if record is None:
        raise AttachmentError("记录不存在，不能移除附件")
    with transaction.atomic():
        _lock_for_edit(record, by)
        living = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True)
        if not living.update(removed_at=timezone.now(), removed_by=by):
            raise AttachmentError(f"“{attachment.file_name}”已被移除")
    attachment.refresh_from_db()


def refuse_surplus(stored: QuerySet[Attachment], coming: list[Evidence]) -> None:
    """Raise AttachmentError when the last of `coming` is a duplicate or exceeds the limit."""
    *others, last = coming
    files = list(stored.values_list("file_name", "sha256", "upload_sha256"))
    known = {digest: name for name, *digests in files for digest in digests if digest}
    known |= {digest: each.file_name for each in others for digest in each.digests}
    if same := sorted(last.digests & known.keys()):
        raise AttachmentError(
            f"“{last.file_name}”与已有附件“{known[same[0]]}”是同一个文件，不必重复上传"
        )
    if len(files) + len(others) >= COUNT_LIMIT:
        raise AttachmentError(
            f"每条记录最多{COUNT_LIMIT}个附件，放不下“{last.file_name}”；请先移除不需要的附件"
        )


def refuse_beyond_quota(by: User, size: int) -> None:
    """Raise AttachmentError where `size` more bytes exceed what the account, or its area, may store."""
    if fault := beyond_quota(by, size):
        raise AttachmentError(fault)


def readable_attachment(user: User, pk: int) -> Attachment | None:
    """Return an attachment that was not removed and whose record the user may read; None otherwise."""
    rows = Attachment.objects.select_related("content_type").filter(removed_at__isnull=True)
    attachment = rows.filter(pk=pk).first()
    model = _record_model(attachment) if attachment else None
    if attachment is None or model is None:
        return None
    is_seen = (
        model._default_manager.all().readable_by(user).filter(pk=attachment.object_id).exists()
    )
    return attachment if is_seen else None


def _record_model(attachment: Attachment) -> type[Submission] | None:
    model = attachment.content_type.model_class()
    return model if model is not None and issubclass(model, Submission) else None


def _note(raw: str) -> str:
    note = " ".join(raw.split())
    if len(note) > NOTE_LENGTH:
        raise AttachmentError(f"附件说明不应超过{NOTE_LENGTH}字")
    if holds_identity_number(note):
        raise AttachmentError("附件说明中有身份证号码，系统不登记身份证号码，请删去")
    return note


def _lock_for_edit(record: Submission, by: User) -> None:
    """Lock the record, so that nobody submits it or adds a file meanwhile; AttachmentError if not
    allowed."""
    rows = type(record)._default_manager.select_for_update(no_key=True)
    stored = rows.filter(pk=record.pk).first()
    if stored is None or not by.covers(stored.area_id):
        raise AttachmentError("记录不存在或不在您的管辖范围")
    if not (by.is_clerk and stored.is_editable):
        state = stored.get_status_display()
        raise AttachmentError(f"记录当前为“{state}”，{by.get_role_display()}不能增减附件")


# --- files and transactions -------------------------------------------------------------------

_written: ContextVar[list[str] | None] = ContextVar("attachments_written", default=None)


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Around a transaction: delete files from the disk whose rows were rolled back.

    The database cannot roll a file back. In nested use the outermost one deletes the files.
    """
    if _written.get() is not None:
        yield
        return
    names: list[str] = []
    token = _written.set(names)
    try:
        yield
    finally:
        _written.reset(token)
        # If the database does not answer, an orphaned file is better than lost evidence.
        with suppress(DatabaseError):
            _discard_strays(names)


def _write(attachment: Attachment, content: File[bytes]) -> str:
    """Write the file; its name is noted first, because a full disk leaves an incomplete file."""
    name, noted = attachment_path(attachment, ""), _written.get()
    if noted is not None:
        noted.append(name)
    return str(attachment.file.storage.save(name, content))


def _discard_strays(names: list[str]) -> None:
    if not names:
        return
    kept = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    for name in set(names) - kept:
        private_storage().delete(name)
