"""Calls on the officers' side: publish, draw the panel, decide together, put on notice, publish the list (QD97.2.4)."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.accreditation.actions.applications import ask
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import (
    AgreementTerms,
    assent,
    publish_listing,
    publish_notice,
    words_of,
)
from peibu.accreditation.actions.panels import commit_panel, draw_panel, freeze_pool, recuse
from peibu.accreditation.models import Application, Call, Seat
from peibu.accreditation.permissions import can_assent, can_handle, can_manage
from peibu.accreditation.queries import calls_for, panel_of_call, places_of, submitted
from peibu.accreditation.results import result_of
from peibu.accreditation.terms import terms_of
from peibu.casework.queries import state_label
from peibu.desk import register_exports
from peibu.desk.call_forms import AgreementForm, CallForm
from peibu.kernel.errors import Refused
from peibu.programmes.listings import running_agreement
from peibu.theme.exports import excel_asked
from peibu.theme.policy_words import said

RUNNERS = (Role.CITY_BUREAU, Role.HRSS_APPROVER, Role.AGENCY_REVIEWER)
STEPS = {"commit": commit_panel, "freeze": freeze_pool, "draw": draw_panel}


def _call(request: HttpRequest, call_id: UUID) -> Call:
    return get_object_or_404(calls_for(request.actor), pk=call_id)


def _application(request: HttpRequest, application_id: UUID) -> Application:
    rows = Application.objects.select_related("call", "case", "unit__division")
    return get_object_or_404(rows.filter(call__in=calls_for(request.actor)), pk=application_id)


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """All calls in my scope with where they stand."""
    rows = [(row, submitted(row).count(), panel_of_call(row)) for row in calls_for(request.actor)]
    if excel_asked(request):
        return register_exports.calls(request, rows)
    form = CallForm(actor=request.actor, on=request.today)
    context = {"rows": rows, "may_call": bool(form.fields["subject"].choices)}
    return render(request, "desk/calls/index.html", context)


@only(*RUNNERS, writes=True)
def new(request: HttpRequest) -> HttpResponse:
    """Publish a call."""
    form = CallForm(request.POST or None, actor=request.actor, on=request.today)
    if request.method == "POST" and form.is_valid():
        try:
            call = publish_call(**form.told(), by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("征集%(number)s已发布") % {"number": call.number})
            return redirect("desk-call", call_id=call.pk)
    return render(request, "desk/calls/new.html", {"form": form}, status=422 if form.is_bound else 200)


@officers()
def show(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: the three steps of the draw, the applications with their results, the decision."""
    call = _call(request, call_id)
    terms = terms_of(call.policy, call.subject, on=call.opens_on)
    panel = panel_of_call(call)
    rows = [_line(row, terms, request) for row in submitted(call)]
    to_list = [line for line in rows if line["agreed"] and line["row"].case.state == terms.listing_state]
    context = {
        "call": call, "panel": panel, "rows": rows, "subject": said(terms.policy.subjects[call.subject]),
        "over": request.today > call.closes_on,
        "may_manage": bool(can_manage(request.actor, call, terms)),
        "seats": places_of(panel) if panel else [],
        "excluded": panel.pool.exclude(excluded="").select_related("expert") if panel else [],
        "free": panel.pool.filter(excluded="").count() if panel else 0,
        "terms": terms,
        "to_publish": [line for line in rows if terms.has_notice and line["agreed"] and line["deciding"]],
        "to_list": to_list,
        "may_decide": request.actor.role in terms.flow.moves["list"].roles
        and bool(can_handle(request.actor, call, terms)), "agreement_form": _agreement_form(to_list),
    }  # fmt: skip
    return render(request, "desk/calls/show.html", context)


def _line(row: Application, terms, request: HttpRequest) -> dict:
    words = words_of(row, terms)
    deciding = row.case.state == terms.decision_state
    result = result_of(row)
    return {
        "row": row, "state": state_label(row.case, on=request.today, for_applicant=False), "result": result,
        "words": [word for word in words.values() if word], "deciding": deciding,
        "agreed": bool(result.passed or not terms.has_panel) and all(word is not None and word.agrees for word in words.values()),
        "may_assent": deciding and bool(can_assent(request.actor, row.call, terms))
        and words.get(request.actor.unit.kind, True) is None,
        "running": running_agreement(
            policy=row.call.policy, role=terms.list_role, unit=row.unit, name=row.name, on=request.today
        ) if terms.signs else None,
    }  # fmt: skip


def _agreement_form(lines: list[dict]) -> AgreementForm:
    """Term and scope; of a renewal the first free day is proposed."""
    ends = [line["running"].valid_until for line in lines if line["running"] and line["running"].valid_until]
    return AgreementForm(initial={"valid_from": max(ends) + dt.timedelta(days=1)} if ends else {})


@only(*RUNNERS, writes=True)
@require_POST
def panel_step(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Publish the seed's hash, freeze the pool, draw: one after the other."""
    call = _call(request, call_id)
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise Refused("没有这一步", "no_step", "请刷新页面后重试")
    panel = panel_of_call(call)
    if step != "commit" and panel is None:
        raise Refused("尚未公布种子指纹", "no_panel", "请先公布种子指纹")
    subject = {"call": call} if step == "commit" else {"panel": panel}
    STEPS[step](**subject, by=request.actor, at=request.now)
    messages.success(request, _("已办理，结果同时显示在公开的征集页面"))
    return redirect("desk-call", call_id=call.pk)


def _chosen(request: HttpRequest, call: Call) -> list[Application]:
    wanted = set(request.POST.getlist("application"))
    return [row for row in submitted(call) if str(row.pk) in wanted]


@only(*RUNNERS, writes=True)
@require_POST
def recuse_seat(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """Take an expert off who cannot or may not score; the next of the draw follows."""
    seat = get_object_or_404(Seat.objects.filter(panel__call__in=calls_for(request.actor)), pk=seat_id)
    recuse(seat=seat, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("已回避，由下一位专家递补。"))
    return redirect("desk-call", call_id=seat.panel.call_id)


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def notice(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Put the chosen applications on public notice."""
    call = _call(request, call_id)
    made = publish_notice(call=call, applications=_chosen(request, call), by=request.actor, at=request.now)
    told = {"number": made.number, "end": made.ends_on.isoformat()}
    messages.success(request, _("已发布公示%(number)s，截止%(end)s") % told)
    return redirect("desk-call", call_id=call.pk)


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def to_list(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Publish the next batch of the list."""
    call = _call(request, call_id)
    form = AgreementForm(request.POST)
    made = publish_listing(
        call=call,
        applications=_chosen(request, call),
        title=request.POST.get("title", ""),
        agreement=AgreementTerms(**form.cleaned_data) if form.is_valid() else None,
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("已公布第%(batch)d批名单") % {"batch": made.batch})
    return redirect("desk-call", call_id=call.pk)


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def give_assent(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The word of my bureau."""
    row = _application(request, application_id)
    agrees = request.POST.get("agrees") == "yes"
    assent(application=row, agrees=agrees, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("本部门意见已记录"))
    return redirect("desk-call", call_id=row.call_id)


@only(*RUNNERS, writes=True)
@require_POST
def ask_applicant(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Ask the applicant for a clarification."""
    row = _application(request, application_id)
    ask(application=row, question=request.POST.get("question", ""), by=request.actor, at=request.now)
    messages.success(request, _("问题已发给申请单位"))
    return redirect("desk-case", case_id=row.case_id)
