"""Who is in a class: chosen from the sign-ups the provider received (QD97.3.3)."""

import datetime as dt
from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.portal.views.provider_classes import check_sheet, editable, own_class
from peibu.registry.enums import IdentityVerdict
from peibu.registry.identity import check_identities, latest_checks, service
from peibu.registry.models import IdentityCheck
from peibu.rulebook import load_policy
from peibu.training.actions.applications import fill_places
from peibu.training.actions.cohorts import drop_many, enrol, usual_size
from peibu.training.models import Cohort
from peibu.training.queries.filing import by_enterprise, people_in, waiting_lines


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The people of the class, and those who wait for one."""
    cohort = own_class(request, cohort_id)
    context = _people(cohort, request.now) | check_sheet(cohort, on=request.today)
    rule = load_policy(cohort.policy).delivery.size_rule
    usual = usual_size(cohort.policy, on=request.today)
    context |= {"usual": usual, "size_rule": rule, "size_reason": cohort.soft_reasons.get(rule, "")}
    return render(request, "portal/provider/people.html", context)


def _people(cohort: Cohort, at: dt.datetime) -> dict:
    waiting = by_enterprise(waiting_lines(cohort.provider, policy=cohort.policy)) if editable(cohort) else []
    return {
        "cohort": cohort,
        "waiting": waiting,
        "waiting_people": sum(len(lines) for _unit, lines in waiting),
        "groups": people_in(cohort),
        "identities": _identities(cohort, at),
    }


def _identities(cohort: Cohort, at: dt.datetime) -> dict[UUID, IdentityCheck]:
    people = [row.person_id for _unit, rows in people_in(cohort) for row in rows]
    return latest_checks(people, known_at=at)


@only(Role.PROVIDER, writes=True)
@require_POST
def verify(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Ask the population register about everybody in the class whose name it has not confirmed."""
    cohort = own_class(request, cohort_id)
    known = _identities(cohort, request.now)
    people = [row.person for _unit, rows in people_in(cohort) for row in rows]
    asked = [p for p in people if p.pk not in known or known[p.pk].verdict != IdentityVerdict.MATCH]
    found = check_identities(people=asked, by=request.actor, at=request.now, register=service())
    told = Counter(row.verdict for row in found)
    numbers = {"match": told["match"], "mismatch": told["mismatch"], "unknown": told["unknown"]}
    text = _("实名核验：一致%(match)s人，不一致%(mismatch)s人，待核验%(unknown)s人。") % numbers
    (messages.warning if told["mismatch"] or told["unknown"] else messages.success)(request, text)
    return redirect("class-people", cohort_id=cohort.pk)


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
    offered = fill_places(cohort=cohort, at=request.now)
    if offered:
        messages.info(request, _("空出的名额已按顺位通知%(n)s名候补学员。") % {"n": offered})
    messages.success(request, _("已移出%(n)s人。") % {"n": gone}) if gone else messages.info(
        request, _("没有选择在班人员，名单未变。")
    )
    return redirect("class-people", cohort_id=cohort.pk)
