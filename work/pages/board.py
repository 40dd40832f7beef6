"""The board of tasks, the page of one task at one area, and verdicts on goals."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from dates.recurrence import Period
from indicators.models import Plan
from indicators.progress.services import plans_of_area, seen_at
from indicators.views import asked_day
from reviews.downloads import file_response, marked_for
from running.db_snapshot import read_snapshot
from work.board.cell import build_cell
from work.board.export import file_name, workbook_of
from work.board.lines import Board, build_board, departments_of
from work.book import STANDINGS, TaskBook, periods_of, running_period
from work.goals import VerdictRefused, give_verdict
from work.models import TaskProgress


@login_required
def tasks(request: HttpRequest) -> HttpResponse:
    """Redirect to the board of the user's area under the first plan that has tasks."""
    user = user_of(request)
    plans = _plans_with_tasks(user)
    if not plans:
        return page(request, "work/none.html", {"title": "任务看板"})
    return redirect("task-board", plan=plans[0].code, area=seen_at(plans[0], user))


def _plans_with_tasks(user: User) -> list[Plan]:
    """The plans with tasks that the user sees at some area, the nearest and newest first."""
    if not user.sees_records:
        return []
    having = set(Plan.objects.filter(tasks__isnull=False).values_list("pk", flat=True))
    plans = [plan for plan in plans_of_area(user.area_id or "") if plan.pk in having]
    return [plan for plan in plans if seen_at(plan, user) and running_period(plan)]


@login_required
def task_board(request: HttpRequest, plan: str, area: str) -> HttpResponse:
    """Show tasks × areas below; `?due=` chooses the period, `?stage=` one stage, `?department=` one
    department. 404 out of scope.
    """
    user = user_of(request)
    with read_snapshot():
        board = _board(request, plan, area)
        found = board.book.plan
        context = {
            "title": f"{board.book.root.short_name}任务看板",
            "board": board,
            "plan": found,
            "area": board.book.root,
            "trail": Area.objects.visible_to(user).filter(code__in=board.book.root.ancestor_codes),
            "plans": [(each, seen_at(each, user)) for each in _plans_with_tasks(user)],
            "periods": list(reversed(periods_of(found, timezone.localdate()))),
            "stages": list(found.stages.all()),
            "stage": request.GET.get("stage", ""),
            "departments": departments_of(board.book),
            "department": request.GET.get("department", ""),
            "standings": STANDINGS,
            "export": _export_link(request, board),
        }
    return page(request, "work/board.html", context)


def _export_link(request: HttpRequest, board: Board) -> str:
    address = reverse("task-export", args=[board.book.plan.code, board.book.root.code])
    query = request.GET.copy()
    query["due"] = board.book.period.due_on.isoformat()
    return f"{address}?{query.urlencode()}"


@login_required
def task_export(request: HttpRequest, plan: str, area: str) -> HttpResponse:
    """Answer with the same board as a workbook."""
    with read_snapshot():
        board = _board(request, plan, area)
    with marked_for(user_of(request)):
        return file_response(workbook_of(board), file_name(board))


@login_required
def task_cell(request: HttpRequest, plan: str, area: str, task: str) -> HttpResponse:
    """Show one task at one area in one period; 404 out of scope."""
    with read_snapshot():
        book = _book(request, plan, area)
        one = next((each for each in book.tasks if each.code == task), None)
        if one is None:
            raise Http404
        context = {
            "title": f"{book.root.short_name}：{one.name}",
            "plan": book.plan,
            "area": book.root,
            "period": book.period,
            **build_cell(book, one, user_of(request)),
        }
    return page(request, "work/cell.html", context)


@login_required
@require_POST
def task_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Store a verdict on a goal's progress, and return to its page; 404 out of scope."""
    rows = TaskProgress.objects.visible_to(user_of(request)).select_related("task__plan")
    progress = get_object_or_404(rows, pk=pk)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    try:
        given = give_verdict(progress, verdict, reason, by=user_of(request))
    except VerdictRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已评定为“{given.get_verdict_display()}”")
    task = progress.task
    address = reverse("task-cell", args=[task.plan.code, progress.area_id, task.code])
    return redirect(f"{address}?due={progress.due_on.isoformat()}")


def _board(request: HttpRequest, plan: str, area: str) -> Board:
    stage, department = request.GET.get("stage", ""), request.GET.get("department", "")
    book = _book(request, plan, area)
    if stage and not book.plan.stages.filter(code=stage).exists():
        raise Http404
    if department and department not in {each.name for each in departments_of(book)}:
        raise Http404
    return build_board(book, stage, department)


def _book(request: HttpRequest, plan: str, area: str) -> TaskBook:
    """The book of a plan at an area in the requested period; 404 out of the user's scope."""
    found = get_object_or_404(Plan, code=plan)
    place = get_object_or_404(Area, code=area)
    if not user_of(request).covers(place.code) or found not in plans_of_area(place.code):
        raise Http404
    return TaskBook.read(found, place, _asked_period(request, found))


def _asked_period(request: HttpRequest, plan: Plan) -> Period:
    """The period that `?due=` names, by default the running one; 404 where there is none."""
    begun, due_on = periods_of(plan, timezone.localdate()), asked_day(request, "due")
    if due_on is None and begun:
        return begun[-1]
    for period in begun:
        if period.due_on == due_on:
            return period
    raise Http404
