"""Experts review blind: a number instead of a name, nobody else's marks until all are in (QD97.2.4)."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accreditation.actions.panels import declare_interest, recuse
from peibu.accreditation.actions.scores import submit_score
from peibu.accreditation.blind import blind_holdings, blind_papers
from peibu.accreditation.facts import judge_application, terms_for
from peibu.accreditation.models import Application, Expert, Seat
from peibu.accreditation.queries import seats_of, submitted
from peibu.accreditation.results import MODERATION, open_scores, round_of
from peibu.portal.forms_applications import InterestForm, ScoreForm
from peibu.theme.policy_words import english


def _seat(request: HttpRequest, seat_id: UUID) -> Seat:
    return get_object_or_404(seats_of(request.actor), pk=seat_id)


def _case(seat: Seat, application_id: UUID) -> Application:
    return get_object_or_404(submitted(seat.panel.call), pk=application_id)


@only(Role.EXPERT)
def home(request: HttpRequest) -> HttpResponse:
    """The applications I have to score, by their numbers."""
    return _home(request, _panels(request), InterestForm())


def _panels(request: HttpRequest) -> list:
    """(seat, [(application, how far I am with it)])"""
    return [
        (seat, [(row, _standing(seat, row)) for row in submitted(seat.panel.call)]) for seat in seats_of(request.actor)
    ]


def _home(request: HttpRequest, panels: list, form: InterestForm, status: int = 200) -> HttpResponse:
    expert = Expert.objects.filter(person_key=request.actor.person_key).first()
    told = expert.interests.select_related("unit").order_by("-declared_at") if expert else []
    context = {"panels": panels, "expert": expert, "interests": told, "form": form}
    return render(request, "portal/reviews/home.html", context, status=status)


@only(Role.EXPERT, writes=True)
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """I have a bond to a unit: whenever it applies I am left out."""
    expert = get_object_or_404(Expert, person_key=request.actor.person_key)
    form = InterestForm(request.POST)
    if not form.is_valid():
        return _home(request, _panels(request), form, 422)
    declare_interest(expert=expert, **form.cleaned_data, by=request.actor, at=request.now)
    messages.success(request, _("已申报。该单位申请时，您自动回避。"))
    return redirect("expert-home")


def _standing(seat: Seat, row: Application) -> str:
    """todo, again (moderation), done or over."""
    if row.case.state != "submitted":
        return "over"
    running = round_of(row)
    if seat.scores.filter(application=row, round=running).exists():
        return "done"
    return "again" if running == MODERATION else "todo"


@only(Role.EXPERT, writes=True)
def sheet(request: HttpRequest, seat_id: UUID, application_id: UUID) -> HttpResponse:
    """One application without its name, and my marks for it."""
    seat = _seat(request, seat_id)
    row = _case(seat, application_id)
    terms = terms_for(row, on=request.today)
    criteria = terms.criteria_en if english() else terms.criteria
    running = round_of(row)
    form = ScoreForm(request.POST or None, criteria=criteria, most=seat.panel.mark_max)
    if request.method == "POST" and form.is_valid():
        submit_score(
            seat=seat,
            application=row,
            marks=form.marks(),
            comment=form.cleaned_data["comment"],
            round=running,
            by=request.actor,
            at=request.now,
        )
        messages.success(request, _("评分已提交，提交后不能修改。"))
        return redirect("expert-home")
    context = {
        "seat": seat, "application": row, "call": seat.panel.call, "form": form, "round": running,
        "standing": _standing(seat, row), "judgement": judge_application(row, at=request.now),
        "holdings": blind_holdings(row), "papers": blind_papers(row, terms),
        "questions": row.clarifications.exclude(answer=""),
        "others": open_scores(row), "moderation": running == MODERATION,
        "mine": seat.scores.filter(application=row).order_by("round"),
    }  # fmt: skip
    return render(request, "portal/reviews/sheet.html", context, status=422 if form.is_bound else 200)


@only(Role.EXPERT)
def file(request: HttpRequest, seat_id: UUID, application_id: UUID, evidence_id: UUID) -> HttpResponse:
    """A paper of the application under a name that tells nothing."""
    row = _case(_seat(request, seat_id), application_id)
    one = get_object_or_404(row.evidence.select_related("document"), pk=evidence_id)
    name = f"{row.code}-{str(one.pk)[-6:]}.{one.document.kind}"
    return FileResponse(one.document.file.open("rb"), as_attachment=True, filename=name)


@only(Role.EXPERT, writes=True)
@require_POST
def step_back(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """I have an interest: the next of the draw takes my place."""
    recuse(seat=_seat(request, seat_id), reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("已回避，由下一位专家递补。"))
    return redirect("expert-home")
