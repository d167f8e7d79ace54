"""Classes of a provider: list, open, the class's page, check sheet, reasons, filing (QD97.3.2, 3.4)."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.actions import move_case
from peibu.casework.queries import possible_moves, state_label, timeline
from peibu.kernel.ids import uuid7
from peibu.portal import list_exports
from peibu.portal.forms_provider import ClassForm
from peibu.portal.views.provider import address_of, card
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked
from peibu.training.actions.cohorts import EDITABLE_STATES, cancel_reason, draft_cohort, give_reason
from peibu.training.actions.papers import keep_paper
from peibu.training.enums import CohortStage
from peibu.training.facts.filing import catalogue_edition
from peibu.training.filing import judge_filing, obstacles
from peibu.training.models import Cohort
from peibu.training.queries.filing import (
    STEPS,
    classes_of,
    days_of,
    filing_time,
    kept_determination,
    last_return,
    people_in,
    step_of,
    usable_plans,
    waiting_lines,
)
from peibu.training.queries.lapses import lapses
from peibu.training.queries.papers import uploaded_papers
from peibu.training.queries.unfenced import unfenced

PAPER_BYTES = 20 * 1024 * 1024
RUNNING = frozenset(CohortStage.values) - {CohortStage.FILING, CohortStage.CANCELLED}


def own_class(request: HttpRequest, cohort_id: UUID) -> Cohort:
    """A class of the actor's unit; another's does not exist."""
    return get_object_or_404(classes_of(request.actor.unit), pk=cohort_id)


def editable(cohort: Cohort) -> bool:
    return cohort.case.state in EDITABLE_STATES


def check_sheet(cohort: Cohort, *, on: dt.date) -> dict:
    """What the panel 备案核对 shows: while open the judgement of today, afterwards the one kept at submission."""
    if not editable(cohort):
        kept = kept_determination(cohort)
        listed = catalogue_edition(cohort, on=kept.on if kept else on)
        kept_sheet = {"cohort": cohort, "judgement": kept, "kept": kept, "editable": False, "edition": listed}
        return kept_sheet | {"lapses": lapses(cohort), "unfenced": unfenced(cohort)}
    judgement = judge_filing(cohort, on=on)
    titles = {finding.rule: finding for finding in judgement.findings}
    soft = [f for f in judgement.findings if f.soft and f.status == "fail" and f.rule not in cohort.soft_reasons]
    reasons = [(rule, titles.get(rule), text) for rule, text in cohort.soft_reasons.items()]
    return {
        "cohort": cohort,
        "judgement": judgement,
        "obstacles": obstacles(judgement, cohort.soft_reasons),
        "soft": soft,
        "reasons": reasons,
        "editable": True,
        "edition": catalogue_edition(cohort, on=on),
        "lapses": lapses(cohort),
        "unfenced": unfenced(cohort),
    }


@only(Role.PROVIDER)
def show_all(request: HttpRequest) -> HttpResponse:
    """My classes by stage."""
    groups: dict[str, list] = defaultdict(list)
    rows = [card(row, on=request.today) for row in classes_of(request.actor.unit)]
    for row in rows:
        groups[row["cohort"].get_stage_display()].append(row)
    wanted = request.GET.get("stage", "")
    shown = [row for row in rows if not wanted or row["cohort"].get_stage_display() == wanted]
    if excel_asked(request):
        return list_exports.classes(request, [row["cohort"] for row in shown])
    context = {"cards": shown, "groups": dict(groups), "total": len(rows), "wanted": wanted, "steps": STEPS}
    return render(request, "portal/provider/classes.html", context)


@only(Role.PROVIDER, writes=True)
def start(request: HttpRequest) -> HttpResponse:
    """Open a class by a signed plan."""
    plans = usable_plans(request.actor.unit)
    chosen = plans.filter(pk=_uuid(request.GET.get("plan", ""))).first() or plans.first()
    initial = {"key": uuid7(), "plan": chosen}
    if chosen is not None:
        initial |= {"venue": chosen.training_place, "name": _class_name(chosen)}
    form = ClassForm(request.POST or None, plans=plans, initial=initial)
    if request.method == "POST" and form.is_valid():
        cohort = draft_cohort(by=request.actor, at=request.now, **form.cleaned_data)
        messages.success(request, _("班次已建立，请选择学员、安排课程表。"))
        return redirect("class-page", cohort_id=cohort.pk)
    context = {"form": form, "plans": plans, "waiting": waiting_lines(request.actor.unit).count()}
    return render(request, "portal/provider/class_new.html", context, status=422 if form.is_bound else 200)


def _class_name(plan) -> str:
    return _("%(name)s第%(n)s期") % {"name": plan.project_name, "n": plan.cohorts.count() + 1}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The class's page: check sheet, timetable, people, filing, what comes later."""
    cohort = own_class(request, cohort_id)
    case, today = cohort.case, request.today
    sessions = list(cohort.sessions.select_related("teacher", "base").order_by("starts_at"))
    context = check_sheet(cohort, on=today) | filing_box(request, cohort)
    context |= {
        "steps": STEPS,
        "step": step_of(cohort, on=today),
        "state": state_label(case, on=today, for_applicant=True),
        "sessions": sessions,
        "days": days_of(sessions),
        "groups": people_in(cohort),
        "events": timeline(case, for_applicant=True),
        "returned": last_return(cohort),
        "later": _later(cohort),
        "papers": uploaded_papers(cohort),
        "paper_bytes": PAPER_BYTES,
        "cancelled": cohort.stage == "cancelled",
    }
    return render(request, "portal/provider/class.html", context)


def filing_box(request: HttpRequest, cohort: Cohort) -> dict:
    """What the panel 提交备案 shows: moves I can make, until when, to which agency and why."""
    moves = {move.code: move for move in possible_moves(request.actor, cohort.case, on=request.today)}
    return {
        "send": moves.get("submit") or moves.get("resubmit"),
        "withdraw": moves.get("withdraw"),
        "time": filing_time(cohort, on=request.today),
        "agency": cohort.case.agency,
        "registered_in": cohort.provider.division,
        "filing_clause": load_policy(cohort.policy).processes["class_filing"]["clause"],
    }


def _later(cohort: Cohort) -> list[tuple[str, str, str]]:
    """Where a confirmed class goes on: sign-in, exam, certificates, archive; only pages that exist."""
    if cohort.stage not in RUNNING:
        return []
    exam = getattr(cohort, "exam", None)
    wanted = [
        ("teaching-class", cohort.pk, _("签到考勤"), "calendar-check"),
        ("provider-exam", exam.pk, _("结业考核"), "writing")
        if exam
        else ("provider-exams", None, _("结业考核"), "writing"),
        # certificates are asked for from the exam's result on; before it there is only the list of batches
        (
            "provider-certificate-batch" if exam else "provider-certificates",
            exam and cohort.pk,
            _("结业证书"),
            "certificate",
        ),
        ("class-archive", cohort.pk, _("培训档案"), "archive"),
    ]
    found = [(address_of(name, key), label, icon) for name, key, label, icon in wanted]
    return [link for link in found if link[0]]


@only(Role.PROVIDER)
def checks(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The check sheet alone, for refreshing."""
    sheet = check_sheet(own_class(request, cohort_id), on=request.today)
    return render(request, "portal/provider/parts/checks.html", sheet)


@only(Role.PROVIDER, writes=True)
@require_POST
def reason(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Give or take back the reason for exceeding an 'in principle' limit."""
    cohort = own_class(request, cohort_id)
    rule = request.POST.get("rule", "")
    known = {item.name for item in load_policy(cohort.policy).rules if item.mark.soft}
    if rule not in known:
        messages.error(request, _("没有这项限制，请刷新页面后重试。"))
    elif request.POST.get("cancel"):
        cancel_reason(cohort=cohort, rule=rule, by=request.actor, at=request.now)
    else:
        give_reason(cohort=cohort, rule=rule, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    if request.htmx:
        sheet = check_sheet(cohort, on=request.today) | filing_box(request, cohort)
        return render(request, "portal/provider/parts/changed.html", sheet)
    return redirect("class-page", cohort_id=cohort.pk)


@only(Role.PROVIDER, writes=True)
@require_POST
def paper(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Hand in a file with copies of the chosen people's papers (WH63.2.3)."""
    cohort = own_class(request, cohort_id)
    upload = request.FILES.get("file")
    if upload is None or upload.size > PAPER_BYTES:
        messages.error(request, _("没有选择文件，或文件超过20MB。"))
        return redirect("class-page", cohort_id=cohort.pk)
    people = {found for text in request.POST.getlist("person") if (found := _uuid(text))}
    keep_paper(
        cohort=cohort,
        code=request.POST.get("code", ""),
        people=people,
        name=upload.name,
        content=upload.read(),
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("材料已保存，包含%(n)s人。") % {"n": len(people)})
    return redirect("class-page", cohort_id=cohort.pk)


@only(Role.PROVIDER, writes=True)
@require_POST
def move(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Hand in, hand in again, or withdraw; a refusal names everything that is in the way."""
    cohort = own_class(request, cohort_id)
    case = move_case(
        case=cohort.case,
        move=request.POST.get("move", ""),
        by=request.actor,
        at=request.now,
        reason=request.POST.get("reason", ""),
    )
    state = state_label(case, on=request.today, for_applicant=True)
    messages.success(request, _("已办理：%(state)s") % {"state": state.label})
    return redirect("class-page", cohort_id=cohort.pk)
