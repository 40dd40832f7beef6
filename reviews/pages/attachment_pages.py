"""Attachments on the pages: the tab 附件 of every record, and the view that serves a file."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from typing_extensions import override
from unfold.admin import GenericTabularInline
from unfold.decorators import display
from unfold.forms import PaginationGenericInlineFormSet

from accounts.requests import user_of
from conflicts.rows import without_gone_rows
from reviews.evidence.attachments import (
    COUNT_LIMIT,
    AttachmentError,
    Evidence,
    add_attachment,
    inspect_upload,
    living_attachments,
    nothing_left_behind,
    readable_attachment,
    refuse_beyond_quota,
    refuse_surplus,
    remove_attachment,
)
from reviews.evidence.quotas import megabytes
from reviews.evidence.thumbnails import thumbnail_of
from reviews.models import Attachment, AttachmentKind, Submission
from reviews.pages.scoped_admin import RecordInline

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as _Admin

    from accounts.models import User

    _Form = forms.ModelForm[Attachment]
else:
    _Admin, _Form = object, forms.ModelForm

_Response = TypeVar("_Response", bound=HttpResponseBase)

logger = logging.getLogger(__name__)

_ACCEPTED = (
    ".jpg,.jpeg,.png,.heic,.heif,.pdf,image/jpeg,image/png,image/heic,image/heif,application/pdf"
)
#: Inputs beside the rows: several files in one choice, and the camera of a phone.
_SEVERAL = ("several", "camera")
#: Content security policy of a served file: no scripts, no forms, no further requests.
_POLICY = "sandbox; default-src 'none'"


@login_required
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve one file to users who see its record; Http404 for all others. Checked at every request."""
    found = readable_attachment(user_of(request), pk)
    if found is None:
        raise Http404
    tag = f'"{found.sha256}"'
    if request.headers.get("If-None-Match") == tag:
        return _guarded(HttpResponseNotModified(), tag)
    try:
        stream = found.file.open("rb")
    except FileNotFoundError:
        logger.exception("attachment %s has lost its file %s", found.pk, found.file.name)
        raise Http404 from None
    return _guarded(FileResponse(stream, content_type=found.kind, filename=found.file_name), tag)


@login_required
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve the small picture of a photo to users who see its record; the photo where none can be made."""
    found = readable_attachment(user_of(request), pk)
    if found is None or found.kind == AttachmentKind.PDF:
        raise Http404
    tag = f'"{found.sha256}-small"'
    if request.headers.get("If-None-Match") == tag:
        return _guarded(HttpResponseNotModified(), tag)
    try:
        path = thumbnail_of(found)
    except OSError:
        logger.exception("attachment %s has no small picture", found.pk)
        raise Http404 from None
    if path is None:
        return attachment(request, pk)
    return _guarded(FileResponse(path.open("rb"), content_type="image/jpeg"), tag)


def _guarded(response: _Response, tag: str) -> _Response:
    """Let the browser cache the file, but check before each use that the user may still see it."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    return response


def stored_file(attachment: Attachment) -> SafeString:
    """Render name, size, uploader and time of a file; an image with a preview."""
    shown = {"attachment": attachment, "size": megabytes(attachment.size)}
    return render_to_string("reviews/stored_file.html", shown)


class StoredFile(forms.Widget):
    """A widget that shows the stored file in place of the file input."""

    def __init__(self, attachment: Attachment) -> None:
        super().__init__()
        self.attachment = attachment

    @override
    def render(self, *args: object, **kwargs: object) -> SafeString:
        """Render no input: a stored file is never replaced."""
        return stored_file(self.attachment)


class AttachmentForm(_Form):
    """One file: a new one to choose with a note, or a stored one to leave alone."""

    evidence: Evidence | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = self.fields.get("file")
        if not isinstance(file, forms.FileField):  # who may not edit reads only
            return
        if self.instance.pk:
            shown = StoredFile(self.instance)
            self.fields["file"] = forms.Field(
                widget=shown, label=file.label, required=False, disabled=True
            )
            self.fields["note"].disabled = True
            return
        file.error_messages["required"] = "请选择文件，或清空这一行的说明"
        file.widget.attrs["accept"] = _ACCEPTED
        # `inspect` shortens long names and refuses empty files with its own message.
        file.max_length, file.allow_empty_file = None, True

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Inspect a new file; a stored one was inspected before."""
        upload = self.cleaned_data["file"]
        if upload and not self.instance.pk:
            try:
                self.evidence = inspect_upload(upload)
            except AttachmentError as error:
                raise ValidationError(str(error)) from None
        return upload


class AttachmentFormSet(PaginationGenericInlineFormSet):
    """Adds and removes files through the services; the page sets `by`."""

    by: User

    def __init__(
        self, *args: Any, data: Any = None, instance: Submission | None = None, **kwargs: Any
    ) -> None:
        """Leave out files that somebody else has removed since the page was made."""
        start = kwargs.get("prefix") or self.get_default_prefix()
        data = self._whole(data, start)
        if isinstance(data, MultiValueDict) and instance is not None and instance.pk:
            there = {str(pk) for pk in living_attachments(instance).values_list("pk", flat=True)}
            data, _ = without_gone_rows(data, start, there)
        data = _with_a_row_each(data, kwargs.get("files"), start)
        super().__init__(*args, data=data, instance=instance, **kwargs)

    def _whole(self, data: Any, start: str) -> Any:
        """Accept a page without this tab, opened before an update, as one without files."""
        if data is None or f"{start}-{TOTAL_FORM_COUNT}" in data:
            return data
        return {**data.dict(), f"{start}-{TOTAL_FORM_COUNT}": 0, f"{start}-{INITIAL_FORM_COUNT}": 0}

    @override
    def clean(self) -> None:
        """Refuse duplicates and surplus files with an error at the file concerned."""
        super().clean()
        there, coming = self._staying(), list[Evidence]()
        for form in self.extra_forms:
            if form.evidence is None or (self.can_delete and self._should_delete_form(form)):
                continue
            try:
                refuse_surplus(there, [*coming, form.evidence])
                refuse_beyond_quota(self.by, sum(each.size for each in [*coming, form.evidence]))
            except AttachmentError as error:
                form.add_error("file", str(error))
            else:
                coming.append(form.evidence)

    def _staying(self) -> QuerySet[Attachment]:
        if not self.instance.pk:
            return Attachment.objects.none()
        stored = self.initial_forms if self.can_delete else []
        gone = [form.instance.pk for form in stored if self._should_delete_form(form)]
        return living_attachments(self.instance).exclude(pk__in=gone)

    @override
    def is_multipart(self) -> bool:
        """Return True: Django checks the first form only, and a stored file has no input."""
        return True

    @override
    def save_new(self, form: AttachmentForm, commit: bool = True) -> Attachment:
        file, note = form.cleaned_data["file"], form.cleaned_data["note"]
        return add_attachment(self.instance, file, by=self.by, note=note, evidence=form.evidence)

    @override
    def delete_existing(self, obj: Attachment, commit: bool = True) -> None:
        """Mark the attachment as removed; nothing is deleted."""
        remove_attachment(obj, by=self.by)


def _with_a_row_each(data: Any, files: MultiValueDict[str, Any] | None, start: str) -> Any:
    """Give each file that was chosen beside the rows a row of its own."""
    if data is None or files is None:
        return data
    chosen = [each for name in _SEVERAL for each in files.getlist(f"{start}-{name}")]
    rows = int(data[f"{start}-{TOTAL_FORM_COUNT}"])
    for number, upload in enumerate(chosen, start=rows):
        files[f"{start}-{number}-file"] = upload
    sent = data.dict() if isinstance(data, MultiValueDict) else data
    return {**sent, f"{start}-{TOTAL_FORM_COUNT}": rows + len(chosen)}


class AttachmentInline(GenericTabularInline, RecordInline):
    """The tab 附件 of every record kind."""

    model = Attachment
    form = AttachmentForm
    formset = AttachmentFormSet
    ct_field = "content_type"
    ct_fk_field = "object_id"
    tab = True
    hide_title = True
    show_count = True
    template_before = "reviews/attachment_note.html"
    accepted = _ACCEPTED
    max_num = COUNT_LIMIT

    class Media:
        css = {"all": ("css/records.css",)}
        js = ("js/attachments.js",)

    @property
    def most_megabytes(self) -> int:
        """The most megabytes that the files of one form may have together, beside its fields."""
        room = settings.MOST_REQUEST_BYTES - settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return room // (1024 * 1024)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        """Leave out removed attachments."""
        rows = super().get_queryset(request).filter(removed_at__isnull=True)
        return rows.select_related("added_by")

    @override
    def get_fields(self, request: HttpRequest, obj: Submission | None = None) -> list[str]:
        """Show a file input to those who may edit, a link to all others."""
        return ["file" if self.has_change_permission(request, obj) else "stored", "note"]

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Submission | None = None) -> list[str]:
        return ["stored"]

    @display(description="文件")
    def stored(self, attachment: Attachment) -> str:
        """Render the file of a row that the user may not edit."""
        return stored_file(attachment) if attachment.pk else ""

    @override
    def get_formset(
        self, request: HttpRequest, obj: Submission | None = None, **kwargs: object
    ) -> type[AttachmentFormSet]:
        """Set the user on the formset class, which exists for this request only."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.by = request.user
        return formset


class EvidencePages(_Admin):
    """Mixin of a record kind's admin: the tab 附件, and forms that store all their files or none."""

    @property
    def upload_pages(self) -> dict[str, int]:
        """What the forms take: the files that are chosen together, and the fields."""
        return dict.fromkeys(("_add", "_change"), settings.MOST_REQUEST_BYTES)

    def get_inlines(
        self, request: HttpRequest, obj: Submission | None
    ) -> list[type[InlineModelAdmin[Any, Any]]]:
        """Put the kind's own rows first, then the attachments."""
        return [*super().get_inlines(request, obj), AttachmentInline]

    def changeform_view(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """Delete the files of a form that fails."""
        with nothing_left_behind():
            return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: object, **kwargs: Any
    ) -> HttpResponse:
        """Warn that chosen files must be chosen again: no browser repeats a file choice."""
        if request.method == "POST" and request.FILES:
            messages.warning(request, "所选文件尚未保存；请改正后重新选择文件，再保存")
        return super().render_change_form(request, context, *args, **kwargs)
