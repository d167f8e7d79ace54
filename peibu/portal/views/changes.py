"""Changes after the filing on the provider's side: propose beside what holds, hand in, follow (WH63.2.3)."""

import io
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.actions import move_case
from peibu.casework.queries import possible_moves, state_label, timeline
from peibu.kernel.errors import Refused
from peibu.portal.forms_changes import StartChangeForm, changes_form, proposed_lessons
from peibu.portal.views.provider_classes import PAPER_BYTES, own_class
from peibu.training.actions.changes import WRITABLE, give_change_reason, start_change, write_people, write_timetable
from peibu.training.actions.papers import keep_change_paper
from peibu.training.actions.timetable import sessions_of
from peibu.training.enums import ChangeKind, CohortStage, PersonDeed
from peibu.training.filing_changes import judge_change
from peibu.training.models import ClassChange
from peibu.training.queries.changes import (
    changes_of,
    given_reasons,
    kept_sheet,
    notice_days,
    open_change,
    own_changes,
    pairs,
    reasons_with,
    too_short_notice,
)
from peibu.training.queries.filing import people_in, waiting_lines
from peibu.training.queries.papers import papers_of_joining
from peibu.training.queries.rosters import editions, roster_version_table

WRONG = 422
SENDING = ("submit", "resubmit")


def own_change(request: HttpRequest, change_id: UUID) -> ClassChange:
    """A change of the actor's unit; another's does not exist."""
    return get_object_or_404(own_changes(request.actor.unit), pk=change_id)


@only(Role.PROVIDER, writes=True)
def show_all(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Changes and roster versions of a class; begin a change."""
    cohort = own_class(request, cohort_id)
    form = StartChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = start_change(cohort=cohort, by=request.actor, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            return redirect("class-change", change_id=change.pk)
    context = {
        "cohort": cohort,
        "form": form,
        "rows": [(row, state_label(row.case, on=request.today, for_applicant=True)) for row in changes_of(cohort)],
        "open": open_change(cohort),
        "may": cohort.stage == CohortStage.CONFIRMED,
        "editions": editions(cohort),
        "days": notice_days(cohort.policy, on=request.today),
    }
    return render(request, "portal/changes/index.html", context, status=WRONG if form.errors else 200)


@only(Role.PROVIDER)
def show(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change: written here while it is a draft, read afterwards."""
    return render(request, "portal/changes/show.html", _context(request, own_change(request, change_id)))


def _context(request: HttpRequest, change: ClassChange, **more) -> dict:
    moves = {move.code: move for move in possible_moves(request.actor, change.case, on=request.today)}
    near, days = too_short_notice(change, at=request.now)
    context = {
        "change": change,
        "cohort": change.cohort,
        "state": state_label(change.case, on=request.today, for_applicant=True),
        "writable": change.case.state in WRITABLE and change.effective_at is None,
        "send": moves.get("submit") or moves.get("resubmit"),
        "withdraw": moves.get("withdraw") if change.effective_at is None else None,
        "pairs": pairs(change),
        "people": change.people.select_related("enrolment__person", "enrolment__enterprise", "line__person"),
        "judgement": kept_sheet(change),
        "reasons": given_reasons(change),
        "papers": papers_of_joining(change),
        "near": near,
        "days": days,
        "events": timeline(change.case, for_applicant=True),
        "returned": _returned(change),
    }
    if context["writable"] and change.kind == ChangeKind.AMEND:
        context |= _editors(request, change)
    return context | more


def _returned(change: ClassChange) -> str:
    if change.case.state != "returned":
        return ""
    return change.case.steps.filter(move="return").order_by("-seq").values_list("reason", flat=True).first() or ""


def _editors(request: HttpRequest, change: ClassChange) -> dict:
    sessions = sessions_of(change.cohort)
    ahead = [row for row in sessions if row.starts_at > request.now]
    lessons = list(change.lessons.select_related("teacher", "base", "room__venue"))
    leaving = {row.enrolment_id: row.reason for row in change.people.all() if row.enrolment_id}
    joining = {row.line_id: row.reason for row in change.people.all() if row.line_id}
    members = [(m, leaving.get(m.pk, "")) for _unit, rows in people_in(change.cohort) for m in rows]
    lines = waiting_lines(change.cohort.provider, policy=change.cohort.policy)
    return {
        "form": changes_form(change.cohort, proposed=proposed_lessons(ahead, lessons)),
        "begun": [row for row in sessions if row.starts_at <= request.now],
        "members": members,
        "lines": [(line, joining.get(line.pk, "")) for line in lines],
    }


@only(Role.PROVIDER, writes=True)
@require_POST
def timetable(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Keep the coming sessions as they should be: all rows, or nothing and what is wrong at each."""
    change = own_change(request, change_id)
    form = changes_form(change.cohort, data=request.POST)
    if not form.is_valid():
        context = _context(request, change) | {"form": form}
        return render(request, "portal/changes/show.html", context, status=WRONG)
    found = write_timetable(change=change, rows=form.rows(), by=request.actor, at=request.now)
    messages.success(request, _("已保存，与现行课程表相比有%(n)s处调整。") % {"n": len(found)})
    return redirect("class-change", change_id=change.pk)


@only(Role.PROVIDER, writes=True)
@require_POST
def people(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Keep who leaves and who joins, each with the reason typed beside the name."""
    change = own_change(request, change_id)
    members = {str(m.pk): m for _unit, rows in people_in(change.cohort) for m in rows}
    lines = {str(line.pk): line for line in waiting_lines(change.cohort.provider, policy=change.cohort.policy)}
    leaving = {members[key]: _why(request, key) for key in request.POST.getlist(PersonDeed.LEAVE) if key in members}
    joining = {lines[key]: _why(request, key) for key in request.POST.getlist(PersonDeed.JOIN) if key in lines}
    found = write_people(change=change, leaving=leaving, joining=joining, by=request.actor, at=request.now)
    messages.success(request, _("已保存，共变更%(n)s名学员。") % {"n": len(found)})
    return redirect("class-change", change_id=change.pk)


def _why(request: HttpRequest, key: str) -> str:
    return request.POST.get(f"why-{key}", "")


@only(Role.PROVIDER, writes=True)
@require_POST
def move(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Hand in, hand in again, withdraw; a refusal names everything that is in the way."""
    change = own_change(request, change_id)
    code = request.POST.get("move", "")
    try:
        case = move_case(
            case=change.case,
            move=code,
            by=request.actor,
            at=request.now,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        messages.error(request, refused.sentence())
        if code in SENDING:  # what is in the way, with a field for each limit that a reason may exceed
            return render(request, "portal/changes/show.html", _tried(request, change), status=WRONG)
    else:
        state = state_label(case, on=request.today, for_applicant=True)
        messages.success(request, _("已办理：%(state)s") % {"state": state.label})
    return redirect("class-change", change_id=change.pk)


def _tried(request: HttpRequest, change: ClassChange) -> dict:
    """The page with the check sheet as if the change held now; nothing of it is kept."""
    context = _context(request, change)
    if not context["writable"] or change.kind != ChangeKind.AMEND:
        return context
    try:
        trial = judge_change(change, at=request.now)
    except Refused as refused:
        return context | {"trial_refused": refused.sentence()}
    reasons = reasons_with(change)
    soft = [row for row in trial.findings if row.soft and row.status == "fail" and row.rule not in reasons]
    return context | {"trial": trial, "soft": soft}


@only(Role.PROVIDER, writes=True)
@require_POST
def try_out(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Judge the change without handing it in."""
    return render(request, "portal/changes/show.html", _tried(request, own_change(request, change_id)))


@only(Role.PROVIDER, writes=True)
@require_POST
def reason(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Give or take back the reason for exceeding an 'in principle' limit by this change."""
    change = own_change(request, change_id)
    text = "" if request.POST.get("cancel") else request.POST.get("reason", "")
    rule = request.POST.get("rule", "")
    give_change_reason(change=change, rule=rule, reason=text, by=request.actor, at=request.now)
    messages.success(request, _("理由已记录，随变更提交受理机构。") if text else _("理由已撤销。"))
    return redirect("class-change", change_id=change.pk)


@only(Role.PROVIDER, writes=True)
@require_POST
def paper(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Hand in a file with the papers of people who join (WH63.2.3)."""
    change = own_change(request, change_id)
    upload = request.FILES.get("file")
    if upload is None or upload.size > PAPER_BYTES:
        messages.error(request, _("没有选择文件，或文件超过20MB。"))
        return redirect("class-change", change_id=change.pk)
    joining = {str(row.line_id): row.line_id for row in change.people.all() if row.line_id}
    lines = {joining[key] for key in request.POST.getlist("line") if key in joining}
    keep_change_paper(
        change=change,
        code=request.POST.get("code", ""),
        lines=lines,
        name=upload.name,
        content=upload.read(),
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("材料已保存，包含%(n)s人。") % {"n": len(lines)})
    return redirect("class-change", change_id=change.pk)


@only(Role.PROVIDER)
def roster(request: HttpRequest, cohort_id: UUID, number: int) -> FileResponse:
    """One version of the roster as Excel."""
    cohort = own_class(request, cohort_id)
    version = get_object_or_404(cohort.rosters.select_related("cohort"), number=number)
    content = roster_version_table(version, dated=request.today)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{cohort.name}花名册（第{number}版）.xlsx")
