"""The pages of an import: template → upload → findings → store or correct → undo.

An upload belongs to the clerk who made it; a batch is visible to everyone who sees its area.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import user_of
from accounts.shell import page
from guards.bodies import BESIDE_A_FILE, takes_body
from ledgers import jobs
from ledgers.files.marked.copying import marked_copy, what_is_kept
from ledgers.files.template import template_of
from ledgers.reading.matching.decisions import Answer
from ledgers.reading.matching.rows import DOUBT
from ledgers.reading.questions import NotAsked, decide, reconsider
from ledgers.registry import KINDS
from ledgers.tasks import start_import
from ledgers.undoing import batch_version, touched_by, undo_batch
from reviews.models import (
    AT_WORK,
    WORKBOOK_TITLES,
    ImportBatch,
    ImportJob,
    JobState,
    workbook_choices,
)
from reviews.pages.confirmation import SEEN, Confirmation, changes_since
from reviews.services import Refusal, TransitionError

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Uploads without their content: the progress page polls every second and must not read the file.
_JOBS = ImportJob.objects.select_related("area").defer("content")
_LISTED = 50
_FOUND = 200
#: Names of the fields of decisions begin so.
_ROW = "row:"
_STANDINGS = {
    "problem": "须改正",
    "doubtful": "疑似修改，待选择",
    "changed": "修改",
    "new": "新增",
    "same": "相同，跳过",
}

View = Callable[..., HttpResponse]


def _for_clerks(view: View) -> View:
    """Admit clerks; PermissionDenied for other roles that see records, Http404 for the rest."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = user_of(request)
        if not user.sees_records:
            raise Http404
        if not user.is_clerk:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@takes_body(jobs.MOST_BYTES + BESIDE_A_FILE, told="文件超过30兆，请分成几个文件导入")
@_for_clerks
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a ledger; list templates, own uploads and the batches of the user's area."""
    user = user_of(request)
    error = ""
    if request.method == "POST":
        try:
            return redirect("import", _upload(request).pk)
        except jobs.UploadRefused as refused:
            error = str(refused)
    own = ImportJob.objects.filter(created_by=user).exclude(state=JobState.IMPORTED)
    batches = ImportBatch.objects.visible_to(user).select_related("area", "created_by", "undone_by")
    context = {
        "title": "导入台账",
        "kinds": workbook_choices(),
        "chosen": request.POST.get("kind", request.GET.get("kind", "")),
        "error": error,
        "jobs": own.defer("content", "found")[:_LISTED],
        "batches": batches[:_LISTED],
        "area": user.area,
        "kept_days": settings.IMPORT_FILE_DAYS,
    }
    return page(request, "imports/list.html", context, status=400 if error else 200)


def _upload(request: HttpRequest) -> ImportJob:
    user = user_of(request)
    kind, file = request.POST.get("kind", ""), request.FILES.get("file")
    if kind not in KINDS:
        raise jobs.UploadRefused("请选择台账种类")
    if file is None:
        raise jobs.UploadRefused("请选择要导入的文件")
    content = jobs.content_of(file)
    job = jobs.create_job(kind, content, file.name or "台账", by=user, root=user.own_area)
    start_import(job)
    return job


def _own(request: HttpRequest, pk: int) -> ImportJob:
    """Return the user's own upload; Http404 for any other, or when its area is no longer the user's."""
    user = user_of(request)
    job = get_object_or_404(_JOBS, pk=pk, created_by=user)
    if not user.covers(job.area_id):
        raise Http404
    return job


@require_GET
@_for_clerks
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the state of an upload and, once checked, what each row would do."""
    job = _own(request, pk)
    found = job.found
    lines = [
        {**line, "label": _STANDINGS[line["standing"]]} for line in found.get("lines", [])[:_FOUND]
    ]
    counts = found.get("counts", {})
    problems = found.get("problems", [])
    if asked := found.get("questions", []):  # each is shown with its choices
        problems = [each for each in problems if not each["message"].startswith(DOUBT)]
    context = {
        "title": f"导入{job.get_kind_display()}",
        "job": job,
        "is_at_work": job.state in AT_WORK,
        "progress": jobs.shown_progress(job),
        "counts": [
            (label, counts.get(name, 0), name)
            for name, label in _STANDINGS.items()
            if name != "doubtful" or counts.get(name)
        ],
        "problems": problems[:_FOUND],
        "fault_count": found.get("problem_count", 0) - found.get("question_count", 0),
        "warnings": found.get("warnings", [])[:_FOUND],
        "is_question_only": bool(counts.get("doubtful")) and not counts.get("problem"),
        "questions": asked[:_FOUND],
        "lines": lines,
        "is_ready": jobs.is_ready(job),
        "must_be_explained": jobs.must_be_explained(job),
        "kept": what_is_kept(job.file_name),
    }
    return page(request, "imports/job.html", context)


@require_GET
@_for_clerks
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return `{"state", "is_at_work", "step", "done", "total"}` as JSON for the progress bar."""
    job = _own(request, pk)
    is_at_work = job.state in AT_WORK
    progress = vars(jobs.shown_progress(job))
    return JsonResponse({"state": job.state, "is_at_work": is_at_work, **progress})


@require_POST
@_for_clerks
def import_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the rows that were shown, and submit them when the clerk requests it."""
    job = _own(request, pk)
    is_submitted, reason = "submit" in request.POST, request.POST.get("reason", "").strip()
    if request.POST.get("outcomes", job.outcomes) != job.outcomes:
        messages.error(request, "打开本页之后该文件重新核对过，没有写入；请看下面的结果后再导入")
    elif is_submitted and jobs.must_be_explained(job) and not reason:
        messages.error(
            request, "该文件有提示，没有写入：请填写“提示说明”后再提交审核，或只导入为草稿"
        )
    elif not jobs.ask_to_import(job, is_submitted=is_submitted, reason=reason[:200]):
        messages.error(request, "该文件的状态已有变化，请按页面提示操作")
    else:
        start_import(job)
    return redirect("import", job.pk)


@require_POST
@_for_clerks
def import_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the file again: the data has changed since, or the clerk decided about doubtful rows."""
    job = _own(request, pk)
    try:
        is_asked = _ask_again(request, job)
    except NotAsked as refused:
        messages.error(request, str(refused))
        return redirect("import", job.pk)
    if is_asked:
        start_import(job)
    return redirect("import", job.pk)


def _ask_again(request: HttpRequest, job: ImportJob) -> bool:
    """Keep the decisions that the form sends: `row:Sheet1!5` = a record's key, or `new`."""
    if "forget" in request.POST:
        return reconsider(job)
    chosen: dict[str, int | None] = {}
    for name, value in request.POST.items():
        if name.startswith(_ROW):
            chosen[name.removeprefix(_ROW)] = _record_in(str(value))
    others = request.POST.get("others", Answer.ASK)
    if others not in list(Answer):
        raise NotAsked("没有这样的选择，请刷新后再试")
    if not chosen and others == Answer.ASK:
        return jobs.ask_to_check(job)
    return decide(job, chosen, Answer(others))


def _record_in(value: str) -> int | None:
    """Return the record's key in a choice, or None for another fact."""
    if value == Answer.NEW:
        return None
    if value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise NotAsked("没有这样的选择，请刷新后再试")


@require_GET
@_for_clerks
def import_marked(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the clerk's own workbook with its findings marked."""
    job = _own(request, pk)
    if not job.found:
        raise Http404
    problems, warnings = (jobs.findings_of(job, which) for which in ("problems", "warnings"))
    unlisted = jobs.count_findings(job) - len(problems) - len(warnings)
    copy = marked_copy(bytes(job.content), problems, warnings, unlisted)
    name = f"{job.file_name.rpartition('.')[0] or job.file_name}（已标注）{copy.ending}"
    return _file(copy.content, name, copy.media_type)


@require_GET
@_for_clerks
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Return an empty ledger for the user's own area."""
    user = user_of(request)
    if kind not in KINDS:
        raise Http404
    name = f"{user.area}{WORKBOOK_TITLES[kind]}模板.xlsx"
    return _file(template_of(KINDS[kind], user.own_area), name)


@require_GET
@_for_clerks
def import_guide(request: HttpRequest) -> HttpResponse:
    """Show which ways of writing a ledger are understood."""
    return page(request, "imports/guide.html", {"title": "台账怎么写"})


@_for_clerks
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then undo a whole batch."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(user_of(request)), pk=pk)
    if request.method == "POST" and not _is_late(request, batch):
        return redirect("imports")
    context = {
        "title": "撤销导入",
        "batch": batch,
        "confirmation": _confirmation(request, batch),
    }
    return page(request, "imports/undo.html", context)


def _is_late(request: HttpRequest, batch: ImportBatch) -> bool:
    """Undo the batch, and tell how it went; return whether it differs from what the page showed."""
    try:
        number = undo_batch(batch, by=user_of(request), seen=request.POST.get(SEEN, ""))
    except TransitionError as error:
        messages.error(request, str(error))
        return error.refusal == Refusal.CHANGED
    messages.success(request, f"已撤销“{batch.file_name}”的导入，涉及{number}条记录")
    return False


def _confirmation(request: HttpRequest, batch: ImportBatch) -> Confirmation:
    user, now = user_of(request), timezone.now()
    seen = batch_version(batch)
    changes = [
        change
        for rows in touched_by(batch)
        for change in changes_since(rows.visible_to(user), user, request.POST)
    ]
    return Confirmation(seen, now, request.method == "POST", changes=changes)


def _file(content: bytes, name: str, media_type: str = _XLSX) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
