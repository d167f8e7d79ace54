"""The people of a class -> facts of its filing: who passed online, which sender has an agreement (JN6.3.2, JN6.4.1b)."""

import datetime as dt

from django.utils import timezone

from peibu.registry.identity import real_names
from peibu.rulebook import Policy
from peibu.training.enums import EnrolmentState, SessionKind
from peibu.training.facts.known import end_of, on_record, told
from peibu.training.models import Cohort
from peibu.training.queries.agreements import agreement_on


def people_facts(cohort: Cohort, policy: Policy, *, on: dt.date) -> dict:
    """Counts over the roster, only those the policy asks for. Somebody whose online result nobody entered makes the
    count unknown: it lies between the people known to have failed and these with the unknown ones. Of a class with nobody
    in it nothing is known: a count of zero would say that everybody passed."""
    facts: dict = {}
    if not cohort.enrolments.filter(state=EnrolmentState.ACTIVE).exists():
        return facts
    if "senders_without_agreement" in policy.fact_specs:
        facts["senders_without_agreement"] = len(senders_without_agreement(cohort, on=on))
    if "not_passed_online" in policy.fact_specs:
        count = _not_passed(cohort, policy, on=on)
        if count is not None:
            facts["not_passed_online"] = count
    if "unverified_trainees" in policy.fact_specs:
        count = unverified(cohort, on=on)
        if count is not None:
            facts["unverified_trainees"] = count
    return facts


def unverified(cohort: Cohort, *, on: dt.date) -> int | None:
    """People of a class whose name and number do not belong together; None while the register has not answered of all."""
    people = list(cohort.enrolments.filter(state=EnrolmentState.ACTIVE).values_list("person_id", flat=True))
    names = real_names(people, known_at=end_of(on))
    return sum(not names[key] for key in people) if len(names) == len(set(people)) else None


def senders_without_agreement(cohort: Cohort, *, on: dt.date) -> list:
    """Enterprises that sent people of this class and have no accepted agreement with its provider on the day."""
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).exclude(enterprise=cohort.provider)
    units = {row.enterprise_id: row.enterprise for row in rows.select_related("enterprise")}
    return [u for u in units.values() if agreement_on(cohort.policy, u, cohort.provider, on=on) is None]


def _not_passed(cohort: Cohort, policy: Policy, *, on: dt.date) -> int | None:
    people = list(cohort.enrolments.filter(state=EnrolmentState.ACTIVE).values_list("person_id", flat=True))
    first = cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("starts_at").first()
    if first is None:
        return None
    opens = timezone.localdate(first.starts_at)
    failed = 0
    for values in on_record("person", people, on=opens, known_at=end_of(on)).values():
        facts = told(policy, values)
        wanted = [facts.get("online_completed"), facts.get("online_passed"), facts.get("online_passed_on")]
        if False in wanted or (wanted[2] is not None and wanted[2] > opens):
            failed += 1
        elif None in wanted:
            return None
    return failed
