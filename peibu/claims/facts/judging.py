"""The lines of a claim judged, all at once or one."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from peibu.claims.about import About, Judged, Terms, about_enrolment
from peibu.claims.facts.gathering import gather
from peibu.claims.models import Claim
from peibu.programmes.rates import policy_as_known
from peibu.training.models import Enrolment


def judge_lines(
    terms: Terms, abouts: Sequence[About], *, on: dt.date, known_at: dt.datetime, taken_by: dt.datetime | None = None
) -> dict[UUID, Judged]:
    """By line: the judgement on the law of the claim day `on` by what was known at `known_at`.

    taken_by: only subsidies taken here up to then count as earlier ones; for looking back at a claim, because what
    was claimed after it is judged by it and not the other way round.
    """
    policy = policy_as_known(terms.policy, known_at=known_at)
    asked = {spec.name for spec in policy.facts_of(terms.subject)}
    known = gather(policy, terms, abouts, on=on, known_at=known_at, taken_by=taken_by or known_at)
    found = {}
    for key, one in known.items():
        given = {name: value for name, value in one.facts.items() if name in asked}
        judgement = policy.judge(terms.subject, given, on=on, known_at=known_at)
        sources = {name: source for name, source in one.sources.items() if name in given}
        facts = judgement.to_dict()["facts"]
        found[key] = Judged(judgement, facts, one.run, one.employment, one.certificate, sources)
    return found


def judge_one(
    terms: Terms, about: About, *, on: dt.date, known_at: dt.datetime, taken_by: dt.datetime | None = None
) -> Judged:
    """One line."""
    return judge_lines(terms, [about], on=on, known_at=known_at, taken_by=taken_by)[about.key]


def judge_person(
    enrolment: Enrolment,
    *,
    fee_fen: int,
    fee_paid: bool,
    claim: Claim | None,
    on: dt.date,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
) -> Judged:
    """What a claim of the sending enterprise for one person of a class would come to (QD97.1 to 1.2, 3.5, 4.2, 4.4)."""
    terms = Terms(
        policy=enrolment.cohort.policy,
        subject=claim.subject if claim else "claim",
        claimant=enrolment.enterprise,
        cohort=enrolment.cohort,
        fee_fen=fee_fen,
        fee_paid=fee_paid,
        claim=claim,
    )
    return judge_one(terms, about_enrolment(enrolment), on=on, known_at=known_at, taken_by=taken_by)
