"""An institution, enterprise or platform applies to a call: answers, evidence, what is missing, hand in."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accreditation.actions.applications import (
    add_holding,
    answer,
    drop_holding,
    hand_in,
    keep_evidence,
    start_application,
    write_answers,
)
from peibu.accreditation.actions.standing import raise_appeal, sign_agreement
from peibu.accreditation.checks import checks_of, missing_documents
from peibu.accreditation.facts import judge_application, obstacles, terms_for
from peibu.accreditation.models import Application
from peibu.accreditation.permissions import can_edit
from peibu.accreditation.queries import agreements_of, applications_of, measures_against, open_calls, public_calls
from peibu.casework.actions import move_case
from peibu.casework.queries import state_label, timeline
from peibu.portal import own_exports
from peibu.portal.forms_applications import EvidenceForm, HoldingForm, answers_form, soft_fields
from peibu.theme.exports import excel_asked

ROLES = (Role.PROVIDER, Role.BASE, Role.ENTERPRISE)


def _own(request: HttpRequest, application_id: UUID) -> Application:
    """An application of the actor's unit; another's does not exist."""
    return get_object_or_404(applications_of(request.actor.unit), pk=application_id)


@only(*ROLES)
def index(request: HttpRequest) -> HttpResponse:
    """My applications, and what may be applied to now."""
    mine = list(applications_of(request.actor.unit))
    rows = [(row, state_label(row.case, on=request.today, for_applicant=True)) for row in mine]
    if excel_asked(request):
        return own_exports.applications(request, rows)
    context = {
        "rows": rows,
        "calls": open_calls(on=request.today),
        "agreements": agreements_of(request.actor.unit),
        "measures": [(one, getattr(one, "appeal", None)) for one in measures_against(request.actor.unit)],
    }
    return render(request, "portal/applications/index.html", context)


@only(*ROLES, writes=True)
@require_POST
def start(request: HttpRequest, call_id: UUID) -> HttpResponse:
    call = get_object_or_404(public_calls(at=request.now), pk=call_id)
    row = start_application(call=call, name=request.POST.get("name", ""), by=request.actor, at=request.now)
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
def show(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The form while it is open, the application as handed in afterwards."""
    row = _own(request, application_id)
    if request.method != "POST":
        return _page(request, row)
    form = answers_form(row, terms_for(row, on=request.today), at=request.now, data=request.POST)
    facts = form.facts()
    if form.errors:
        return _page(request, row, status=422, form=form)
    reasons = {name[2:]: text for name, text in request.POST.items() if name.startswith("r-")}
    write_answers(application=row, facts=facts, reasons=reasons, by=request.actor, at=request.now)
    messages.success(request, _("已保存，右侧列出还缺的内容。"))
    return redirect("application", application_id=row.pk)


def _page(request: HttpRequest, row: Application, *, status: int = 200, **forms) -> HttpResponse:
    terms = terms_for(row, on=request.today)
    judgement = judge_application(row, at=request.now)
    papers = missing_documents(row, on=request.today)
    wrong = obstacles(row, judgement, on=request.today)
    context = {
        "application": row, "call": row.call, "terms": terms, "judgement": judgement,
        "state": state_label(row.case, on=request.today, for_applicant=True),
        "events": timeline(row.case, for_applicant=True),
        "editable": bool(can_edit(request.actor, row)),
        "form": answers_form(row, terms, at=request.now, data=None),
        "holding_form": HoldingForm(), "evidence_form": EvidenceForm(terms=terms),
        "checks": checks_of(row, on=request.today), "papers": papers, "obstacles": wrong,
        "soft": [(finding, row.reasons.get(finding.rule, "")) for finding in soft_fields(judgement.findings)],
        "ready": not papers and not wrong,
        "holdings": row.holdings.all(), "evidence": _labelled(row, terms), "questions": row.clarifications.all(),
    }  # fmt: skip
    return render(request, "portal/applications/show.html", context | forms, status=status)


def _labelled(row: Application, terms) -> list[tuple]:
    labels = {
        value: label for _group, items in EvidenceForm(terms=terms).fields["item"].choices for value, label in items
    }
    return [(one, labels.get(one.item, one.item)) for one in row.evidence.select_related("document")]


@only(*ROLES, writes=True)
@require_POST
def holding(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Enter a licence, teacher, room or machine."""
    row = _own(request, application_id)
    form = HoldingForm(request.POST)
    if not form.is_valid():
        return _page(request, row, status=422, holding_form=form)
    add_holding(application=row, **form.told(), by=request.actor, at=request.now)
    messages.success(request, _("已添加"))
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
@require_POST
def drop(request: HttpRequest, application_id: UUID, holding_id: UUID) -> HttpResponse:
    row = _own(request, application_id)
    drop_holding(holding=get_object_or_404(row.holdings, pk=holding_id), by=request.actor, at=request.now)
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
@require_POST
def evidence(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Keep a scan."""
    row = _own(request, application_id)
    form = EvidenceForm(request.POST, request.FILES, terms=terms_for(row, on=request.today))
    if not form.is_valid():
        return _page(request, row, status=422, evidence_form=form)
    file = form.cleaned_data["file"]
    keep_evidence(
        application=row,
        item=form.cleaned_data["item"],
        name=file.name,
        content=file.read(),
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("文件已上传"))
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
@require_POST
def submit(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Hand in; what is missing comes back as a sentence."""
    row = _own(request, application_id)
    hand_in(application=row, by=request.actor, at=request.now)
    messages.success(request, _("申请已提交。评估进展在本页查看。"))
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
@require_POST
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    row = _own(request, application_id)
    move_case(case=row.case, move="withdraw", by=request.actor, at=request.now, reason=request.POST.get("reason", ""))
    return redirect("application", application_id=row.pk)


@only(*ROLES, writes=True)
@require_POST
def reply(request: HttpRequest, application_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question of the evaluation."""
    row = _own(request, application_id)
    question = get_object_or_404(row.clarifications, pk=question_id)
    answer(clarification=question, text=request.POST.get("text", ""), by=request.actor, at=request.now)
    messages.success(request, _("说明已提交"))
    return redirect("application", application_id=row.pk)


@only(*ROLES)
def file(request: HttpRequest, application_id: UUID, evidence_id: UUID) -> HttpResponse:
    """A scan of my own."""
    row = get_object_or_404(_own(request, application_id).evidence.select_related("document"), pk=evidence_id)
    return FileResponse(row.document.file.open("rb"), as_attachment=True, filename=row.document.name)


@only(*ROLES, writes=True)
@require_POST
def sign(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Sign an agreement offered to my unit."""
    row = get_object_or_404(agreements_of(request.actor.unit), pk=agreement_id)
    sign_agreement(agreement=row, by=request.actor, at=request.now)
    messages.success(request, _("协议已签署"))
    return redirect("applications")


@only(*ROLES, writes=True)
@require_POST
def appeal(request: HttpRequest, measure_id: UUID) -> HttpResponse:
    """Appeal against a measure that concerns my unit."""
    row = get_object_or_404(measures_against(request.actor.unit), pk=measure_id)
    raise_appeal(measure=row, text=request.POST.get("text", ""), by=request.actor, at=request.now)
    messages.success(request, _("申诉已提交"))
    return redirect("applications")
