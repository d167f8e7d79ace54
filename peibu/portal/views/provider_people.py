"""Who is in a class: chosen from the sign-ups the provider received (QD97.3.3)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.portal.views.provider_classes import check_sheet, editable, own_class
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import drop_many, enrol, usual_size
from peibu.training.models import Cohort
from peibu.training.queries.filing import by_enterprise, people_in, waiting_lines


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The people of the class, and those who wait for one."""
    cohort = own_class(request, cohort_id)
    context = _people(cohort) | check_sheet(cohort, on=request.today)
    rule = load_policy(cohort.policy).delivery.size_rule
    usual = usual_size(cohort.policy, on=request.today)
    context |= {"usual": usual, "size_rule": rule, "size_reason": cohort.soft_reasons.get(rule, "")}
    return render(request, "portal/provider/people.html", context)


def _people(cohort: Cohort) -> dict:
    waiting = by_enterprise(waiting_lines(cohort.provider, policy=cohort.policy)) if editable(cohort) else []
    return {
        "cohort": cohort,
        "waiting": waiting,
        "waiting_people": sum(len(lines) for _unit, lines in waiting),
        "groups": people_in(cohort),
    }


def _chosen(request: HttpRequest, name: str) -> set[str]:
    return set(request.POST.getlist(name))


@only(Role.PROVIDER, writes=True)
@require_POST
def add(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Put the chosen people into the class: all or none."""
    cohort = own_class(request, cohort_id)
    chosen = _chosen(request, "line")
    lines = [line for line in waiting_lines(cohort.provider, policy=cohort.policy) if str(line.pk) in chosen]
    if not lines:
        # what was chosen may already be in the class: a form sent twice changes nothing
        messages.info(request, _("没有选择待编班人员，名单未变。"))
    else:
        enrol(cohort=cohort, lines=lines, by=request.actor, at=request.now)
        messages.success(request, _("已编入%(n)s人。") % {"n": len(lines)})
    return redirect("class-people", cohort_id=cohort.pk)


@only(Role.PROVIDER, writes=True)
@require_POST
def remove(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Take the chosen people out; they wait for a class again."""
    cohort = own_class(request, cohort_id)
    chosen = _chosen(request, "enrolment")
    rows = [row for _unit, members in people_in(cohort) for row in members if str(row.pk) in chosen]
    gone = drop_many(cohort=cohort, enrolments=rows, by=request.actor, at=request.now)
    messages.success(request, _("已移出%(n)s人。") % {"n": gone}) if gone else messages.info(
        request, _("没有选择在班人员，名单未变。")
    )
    return redirect("class-people", cohort_id=cohort.pk)
