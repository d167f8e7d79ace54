"""An application -> the questions of its subject: answers, what the registers say, what the evaluation established.

What a register answers wins over what the applicant wrote. A fact nobody answers is left out and so unknown.
"""

import datetime as dt
from collections import Counter
from typing import Any

from django.utils import timezone

from peibu.accounts.models import Division, Unit
from peibu.accreditation.enums import TEACHERS, HoldingKind, MeasureKind
from peibu.accreditation.models import Application, Measure
from peibu.accreditation.terms import Terms, terms_of
from peibu.catalogue.queries.standing import speciality_on
from peibu.registry.facts import base_qualifications
from peibu.registry.models import Organisation
from peibu.registry.practitioner_queries import of_unit, titles_of, titles_on
from peibu.registry.queries import registered
from peibu.rulebook import Finding, Judgement, Status
from peibu.rulebook.derived.derive import derive_facts
from peibu.rulebook.derived.kinds import Records

TEACHES = {HoldingKind.THEORY_TEACHER: "theory", HoldingKind.PRACTICE_TEACHER: "practice"}
# legal form -> words of the policies' code lists; the first that a list knows is taken
FORMS = {
    "enterprise": ("enterprise",),
    "university": ("university", "college"),
    "technician_college": ("technician_college", "college", "vocational_school"),
    "private_school": ("private_school", "private_institution", "recognised_institution"),
}
SPECIALITY_CODE, SPECIALITY_LISTED = "speciality_code", "speciality_listed"
FORM_FACTS = ("institution_kind", "base_kind", "applicant_kind")


def judge_application(application: Application, *, at: dt.datetime) -> Judgement:
    """The conditions of the call, judged with all that is known at a moment."""
    terms = terms_for(application, on=timezone.localdate(at))
    return terms.policy.judge(terms.subject, application_facts(application, at=at), on=terms.on)


def terms_for(application: Application, *, on: dt.date) -> Terms:
    return terms_of(application.call.policy, application.call.subject, on=on)


def application_facts(application: Application, *, at: dt.datetime) -> dict[str, Any]:
    """All facts by name that the policy knows."""
    terms = terms_for(application, on=timezone.localdate(at))
    told = dict(application.facts) | {"soft_reasons": dict(application.reasons)}
    told |= register_facts(application.unit, terms, at=at)
    told |= _catalogue(application, terms, at=at)
    told |= _evaluation(application)
    known = {name: value for name, value in told.items() if name in terms.policy.fact_specs and value is not None}
    return derive_facts(terms.policy, terms.subject, known, {"teachers": _teachers(application, at=at)}, on=terms.on)


def register_facts(unit: Unit, terms: Terms, *, at: dt.datetime) -> dict[str, Any]:
    """What the registers answer about the unit, whatever it writes itself (QD97.2.1, 2.2, WH63.2.1)."""
    specs = terms.policy.fact_specs
    found: dict[str, Any] = {}
    if "institution_in_qingdao" in specs:
        found["institution_in_qingdao"] = lies_in(unit.division, str(terms.policy.card["division"]))
    if "base_qualifications" in specs:
        found["base_qualifications"] = base_qualifications(unit, on=terms.on, known_at=at)
    organisation = Organisation.objects.filter(unit=unit).first()
    if organisation is not None:
        words = FORMS.get(organisation.kind, ())
        for name in FORM_FACTS:
            if name in specs:
                found[name] = next((word for word in words if word in specs[name].choices), None)
    return {name: value for name, value in found.items() if value is not None}


def _catalogue(application: Application, terms: Terms, *, at: dt.datetime) -> dict[str, Any]:
    """Is the speciality applied for in a catalogue (JN6.6.1a)? The published one answers; before there is any, what an
    officer put on record about the occupation; else nobody knows."""
    code = application.facts.get(SPECIALITY_CODE, "")
    if not code:
        return {}
    found = speciality_on(code, "", on=terms.on, division=application.unit.division)
    if found.edition is not None:
        return {SPECIALITY_LISTED: found.listed}
    entered = registered("occupation", [code], on=terms.on, known_at=at).get(code, {})
    return {SPECIALITY_LISTED: entered.get(SPECIALITY_LISTED)}


def lies_in(division: Division | None, code: str) -> bool:
    """Is the division the one with this code, or below it?"""
    while division is not None:
        if division.code == code:
            return True
        division = division.parent
    return False


def _teachers(application: Application, *, at: dt.datetime) -> Records:
    """The teachers entered, with the titles that the register of practitioners holds of them on the day; of whom it holds
    none, with the title the applicant wrote. One that was not filled in is unknown. The list is complete once there is
    one."""
    on, registered = timezone.localdate(at), _registered(application.unit, at=at)
    rows = []
    for row in application.holdings.all():
        if row.kind in TEACHERS:
            written = {row.qualification} if row.qualification else None
            held = titles_on(registered.get(row.name), on)
            titles = written if held is None else held
            teaches = TEACHES[HoldingKind(row.kind)]
            rows.append(
                {"teacher": str(row.pk), "teaches": teaches, "titles": None if titles is None else sorted(titles)}
            )
    return Records(rows, complete=bool(rows))


def _registered(unit: Unit, *, at: dt.datetime) -> dict[str, list]:
    """Name -> titles on the register of the unit's own people; of two of one name nothing is known by name."""
    people = list(of_unit(unit))
    names = Counter(person.name for person in people)
    titles = titles_of({person.person_key for person in people}, known_at=at)
    return {p.name: titles[p.person_key] for p in people if names[p.name] == 1 and p.person_key in titles}


def _evaluation(application: Application) -> dict[str, Any]:
    """What the steps of the case, the agreement and earlier measures establish (JN6.5a to 6.5c, HD2.4.10, HD2.4.12)."""
    return _standing(application) | _steps(application)


def _standing(application: Application) -> dict[str, Any]:
    exits = Measure.objects.filter(
        kind=MeasureKind.EXITED, listing__unit=application.unit, listing__published__policy=application.call.policy
    )
    found: dict[str, Any] = {"exit_ordered": exits.exclude(appeal__upheld=True).exists()}
    agreement = application.agreements.order_by("-offered_at").first()
    if agreement is not None:
        found |= {"agreement_from": agreement.valid_from, "agreement_until": agreement.valid_until}
    return found


def _steps(application: Application) -> dict[str, Any]:
    steps = {step.move: step for step in application.case.steps.all()}
    if "evaluate" not in steps:
        return {}
    by_city = steps["evaluate"].actor_role == "city_bureau"
    return {
        "evaluated_on": timezone.localdate(steps["evaluate"].at),
        "evaluated_by": "city_bureau" if by_city else "district_bureau",
        "result_reported_to_city": "report" in steps,
    }


def obstacles(application: Application, judgement: Judgement, *, on: dt.date, final: bool = False) -> list[Finding]:
    """What keeps an application from being handed in, or (`final`) from being listed.

    A condition that holds "in general" may be missed with a reason. What others still have to establish keeps nobody
    from handing in, but everybody from being listed: unknown never passes.
    """
    asked = {spec.name for spec in terms_for(application, on=on).asked}
    found = []
    for finding in judgement.findings:
        # a reason excuses what is not met, never what nobody knows
        failed = finding.status is Status.FAIL
        excused = failed and finding.soft and application.reasons.get(finding.rule)
        # an unknown that names nothing rests on an answer with an open end: that is the applicant's to complete
        others = finding.status is Status.UNKNOWN and bool(finding.missing) and not asked & set(finding.missing)
        later = others and not final
        if finding.status is not Status.PASS and not excused and not later:
            found.append(finding)
    return found
