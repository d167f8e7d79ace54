"""Re-checks at the desk: the list, one with both determinations side by side, and a line as known on any day."""

import datetime as dt
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.models import Progress
from peibu.casework.progress import begin
from peibu.claims.actions.rechecks import settle_recheck
from peibu.claims.enums import RecheckCause, RecheckState
from peibu.claims.models import ClaimLine, Recheck
from peibu.claims.permissions import can_settle, open_settlements
from peibu.claims.queries import claims_for, strip_of
from peibu.claims.rechecks import (
    chosen,
    compare,
    judge_back,
    judgement_of,
    lines_with_an_answer,
    rechecks_for,
    said,
    with_later_evidence,
)
from peibu.claims.tasks import recheck_divisions
from peibu.desk import register_exports
from peibu.kernel.errors import Refused
from peibu.recovery.queries import is_recoverable, recovery_with
from peibu.theme.exports import excel_asked
from peibu.theme.views import bar_of
from peibu.training.facts.known import end_of

PAGE = 30
UNPROCESSABLE = 422


class SettlementForm(forms.Form):
    """What is decided, and why."""

    settlement = forms.ChoiceField(label=gettext_lazy("处理结果"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, row: Recheck, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["settlement"].choices = [(one.value, one.label) for one in open_settlements(row)]


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Re-checks of my district, those that wait for a decision first."""
    rows = rechecks_for(request.actor)
    state = request.GET.get("state", "")
    tones = {RecheckState.OPEN: "mine"}
    shown = chosen(rows, state).order_by("state", "-found_at", "id")
    if excel_asked(request):
        return register_exports.rechecks(request, shown)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    bar = Progress.objects.filter(pk=_uuid(request.GET.get("bar", "")), started_by=request.actor.user).first()
    context = {
        "page": page,
        "rows": [(row, said(row), _causes(row)) for row in page],
        "kpis": [
            {"label": label, "value": rows.filter(state=code).count(), "url": f"?state={code}",
             "tone": tones.get(code, "rest")}
            for code, label in RecheckState.choices
        ],
        "may_run": request.actor.role == Role.AGENCY_REVIEWER,
        "bar": bar_of(bar) if bar else None,
        "bar_url": reverse("progress", args=[bar.pk]) if bar else "",
    }  # fmt: skip
    return render(request, "desk/claims/rechecks.html", context)


def _causes(row: Recheck) -> list[str]:
    return [RecheckCause(code).label for code in row.causes]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@only(Role.AGENCY_REVIEWER, writes=True)
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Look at the claims of my district now instead of tonight."""
    divisions = [str(one) for one in request.actor.division_ids()]
    lines = lines_with_an_answer().filter(claim__case__division__in=divisions)
    count = with_later_evidence(lines, at=request.now).count()
    bar = begin(title=_("结论复核"), total=count, by=request.actor, at=request.now)
    result = reverse("desk-rechecks")
    recheck_divisions.defer(divisions=divisions, progress=str(bar.pk), at=request.now.isoformat(), result=result)
    return redirect(f"{result}?bar={bar.pk}")


@officers(writes=True)
def show(request: HttpRequest, recheck_id: UUID) -> HttpResponse:
    """One re-check, both determinations rule by rule; settled by a reviewer who did not approve the claim."""
    row = get_object_or_404(rechecks_for(request.actor), pk=recheck_id)
    may = can_settle(request.actor, row)
    form = SettlementForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            settle_recheck(recheck=row, **form.cleaned_data, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已记录处理结果"))
            return redirect("desk-recheck", recheck_id=row.pk)
    context = {
        "row": row,
        "sentence": said(row),
        "causes": _causes(row),
        "strips": _strips(row),
        "form": form if may else None,
        "why_not": may.reason,
        "recovery": recovery_with(row),
        "may_recover": request.actor.role == Role.AGENCY_REVIEWER and is_recoverable(row),
    }
    return render(request, "desk/claims/recheck.html", context, status=UNPROCESSABLE if form.errors else 200)


def _strips(row: Recheck) -> list:
    """The insurance months then and now, when they differ."""
    line = lines_back().get(pk=row.line_id)
    strips = [strip_of(judge_back(line, known_at=one.known_at)) for one in (row.before, row.after)]
    return strips if strips[0] != strips[1] else []


def lines_back():
    """Lines with what judging them again reads."""
    related = ("person", "determination", "claim__case", "claim__enterprise", "claim__person", "enrolment__cohort")
    return ClaimLine.objects.select_related(*related, "enrolment__enterprise", "enrolment__person", "enrolment__line")


@officers()
def as_known(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """A line computed again as of its own day with what was known at the end of a chosen day; nothing is kept."""
    line = get_object_or_404(lines_back().filter(claim__in=claims_for(request.actor)), pk=line_id)
    told = request.GET.get("known", "")
    day = _day(told) if told else request.today
    problem = ""
    if day is None or day > request.today:
        problem = _("“%(told)s”不是今天或以前的日期，请按 2020-11-30 的格式填写") % {"told": told[:20]}
        day = request.today
    judged = judge_back(line, known_at=min(end_of(day), request.now))
    lang = "en" if (request.LANGUAGE_CODE or "").startswith("en") else "zh"
    context = {
        "line": line,
        "day": day,
        "problem": problem,
        "judged": judged.judgement,
        "months": strip_of(judged),
        "sentence": compare(judgement_of(line.determination), judged.judgement).sentence(lang),
    }
    return render(request, "desk/claims/as_known.html", context, status=UNPROCESSABLE if problem else 200)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
