"""Lines of a sign-up -> answers to the rulebook's questions before training (QD97.1 to 1.2, 4.4), many at a time.

`registry.facts.person_facts` asks four questions per person; a roster of two thousand asks four in all.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Model, QuerySet

from peibu.accounts.models import Unit
from peibu.registry.enums import ManagementLevel
from peibu.registry.facts import employment_facts, enterprise_facts, run_at
from peibu.registry.identity import real_names
from peibu.registry.models import EarlierGrant, Employment, InsuranceCoverage, InsuranceMonth
from peibu.rulebook import load_policy
from peibu.rulebook.records import InsuranceRun
from peibu.training.facts.catalogue import for_occupation
from peibu.training.facts.known import asked, on_record, told, with_records
from peibu.training.models import SignUp, SignUpLine


@dataclasses.dataclass(frozen=True)
class LineFacts:
    """Facts of one line for the judge, with the insurance run and the register's record they rest on."""

    facts: dict
    run: InsuranceRun
    employment: Employment | None


def line_facts(
    signup: SignUp, lines: Sequence[SignUpLine], *, on: dt.date, known_at: dt.datetime
) -> dict[object, LineFacts]:
    """By line id: what is known of each person on a day, as known at a moment. What no register says stays out.

    Management level and its evidence are the enterprise's own statement (QD97.3.3 makes it answer for them).
    """
    people = [line.person_id for line in lines]
    unit = signup.enterprise
    newest = _newest_employment(people, signup, known_at)
    months = _by_person(InsuranceMonth.objects.filter(person__in=people, known_at__lte=known_at).order_by("month"))
    coverage = _by_person(InsuranceCoverage.objects.filter(person__in=people, known_at__lte=known_at))
    grants = _by_person(
        EarlierGrant.objects.filter(person__in=people, policy=signup.policy, known_at__lte=known_at).order_by(
            "paid_on"
        )
    )
    policy = load_policy(signup.policy)
    shared = enterprise_facts(unit, on=on, known_at=known_at) | {"enrolled_on": on}
    shared |= dict.fromkeys(policy.delivery.held_at_signup, on)
    if signup.expected_claim_on:
        shared["expected_claim_on"] = signup.expected_claim_on
    entered = _entered(unit, lines, on=on, known_at=known_at)
    names = real_names(people, known_at=known_at)
    answers = {
        pair: for_occupation(policy, *pair, on=on, division=unit.division) for pair in {_applied_for(x) for x in lines}
    }
    found = {}
    for line in lines:
        run = run_at(months[line.person_id], coverage[line.person_id], unit, reference=on, paid_by=on)
        employment = newest.get(line.person_id)
        facts = employment_facts(employment) | run.facts() | shared
        facts |= _stated(line) | _earlier(grants[line.person_id])
        facts |= {"real_name_verified": names[line.person_id]} if line.person_id in names else {}
        facts = asked(policy, facts) | told(policy, line.stated)
        listed = answers[_applied_for(line)]
        facts = with_records(policy, "enrolment", facts | listed.facts, listed.over(entered[line.pk]), on=on)
        found[line.pk] = LineFacts(facts, run, employment)
    return found


def _applied_for(line: SignUpLine) -> tuple[str, str]:
    """(code of the occupation, level) that a line signs up for; a roster asks the catalogue once for each."""
    return line.stated.get("occupation_code", ""), line.stated.get("target_level", "")


def _entered(unit: Unit, lines: Sequence[SignUpLine], *, on: dt.date, known_at: dt.datetime) -> dict[object, dict]:
    """By line id: what is on record about the person, its employer and the occupation it applies for."""
    people = on_record("person", [line.person_id for line in lines], on=on, known_at=known_at)
    employer = on_record("unit", [unit.pk], on=on, known_at=known_at)[str(unit.pk)]
    codes = {line.stated.get("occupation_code", "") for line in lines}
    occupations = on_record("occupation", codes, on=on, known_at=known_at)
    return {
        line.pk: employer | occupations.get(line.stated.get("occupation_code", ""), {}) | people[str(line.person_id)]
        for line in lines
    }


def _stated(line: SignUpLine) -> dict:
    if line.level == ManagementLevel.UNKNOWN:
        return {}
    return {"position_level": line.level, "appointment_document": bool(line.level_evidence) or None}


def _earlier(grants: list[EarlierGrant]) -> dict:
    """Subsidies other systems know of (QD97.4.4). Those of this system keep the person's line active, so that the
    second sign-up is refused before anybody judges it."""
    if not grants:
        return {"earlier_subsidies": 0}
    last = grants[-1]
    return {"earlier_subsidies": len(grants), "earlier_subsidy_note": f"{last.employer_name}，{last.paid_on}拨付"}


def _newest_employment(people: list, signup: SignUp, known_at: dt.datetime) -> dict:
    rows = Employment.objects.filter(person__in=people, unit=signup.enterprise, known_at__lte=known_at)
    # Later rows overwrite earlier ones: the newest known record of a person counts.
    return {row.person_id: row for row in rows.order_by("known_at", "id")}


def _by_person(rows: QuerySet[Model]) -> dict:
    found = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found
