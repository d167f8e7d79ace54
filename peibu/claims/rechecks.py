"""Questions about looking back: which lines have later evidence, what a line comes to today, which re-checks are open."""

import datetime as dt
import json

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from peibu.accounts.actor import Actor
from peibu.casework.models import Determination
from peibu.casework.queries import cases_for
from peibu.claims.about import Judged
from peibu.claims.came_back import WITH_MONEY, is_back
from peibu.claims.enums import LineState, RecheckState, Settlement
from peibu.claims.models import Claim, ClaimLine, Override, Recheck
from peibu.claims.permissions import EDITING
from peibu.claims.terms import judge_claim
from peibu.kernel.verdict import Verdict, no, yes
from peibu.programmes.models import EnteredRate
from peibu.registry.models import EarlierGrant, Employment, InsuranceCoverage, InsuranceMonth, RegisterEntry
from peibu.rulebook import Judgement, load_policy
from peibu.rulebook.difference import Difference, difference
from peibu.training.models import CertificateBatch, CertificateRevocation, Exam, ResitScore, ScoreCorrection

OF_PERSON = (InsuranceMonth, InsuranceCoverage, Employment, EarlierGrant)
ACCEPTED = (Settlement.RECOVER, Settlement.PAY_MORE, Settlement.CORRECTED)


def lines_with_an_answer() -> QuerySet[ClaimLine]:
    """Lines of claims that were handed in and live (waiting, approved, on notice or paid), but who was taken out, or
    waits for the office's own word."""
    rows = ClaimLine.objects.filter(claim__invoice_active=True).exclude(claim__case__state__in=EDITING)
    rows = rows.exclude(state__in=[LineState.REMOVED, LineState.PENDING])
    related = ("person", "determination", "claim__case", "claim__enterprise", "claim__person", "claim__held")
    related += ("claim__cohort__plan", "claim__cohort__provider", "enrolment__cohort", "enrolment__enterprise")
    return rows.select_related(*related, "enrolment__person", "enrolment__line").order_by("id")


def with_later_evidence(lines: QuerySet[ClaimLine], *, at: dt.datetime) -> QuerySet[ClaimLine]:
    """Those of the lines about which something became known since they were judged or last looked at, in one query.

    Register rows, earlier grants, lists, scores, corrections of scores, certificates, revocations and entered rates carry the moment they
    became known; another text or reading of the policy shows in its fingerprint.
    """
    since = Coalesce(F("rechecked_at"), F("determination__known_at"))
    lines = lines.annotate(since=since)
    later = {"known_at__gt": OuterRef("since"), "known_at__lte": at}
    found = Q(pk__in=[])
    for register in OF_PERSON:
        found |= Q(Exists(register.objects.filter(person=OuterRef("person"), **later)))
    found |= Q(Exists(RegisterEntry.objects.filter(unit=OuterRef("claim__enterprise"), **later)))
    for rows, moment in _OF_LINE:
        window = {f"{moment}__gt": OuterRef("since"), f"{moment}__lte": at}
        found |= Q(Exists(rows().filter(**window)))
    for moment in ("entered_at", "withdrawn_at"):
        window = {f"{moment}__gt": OuterRef("since"), f"{moment}__lte": at}
        found |= Q(Exists(EnteredRate.objects.filter(policy=OuterRef("claim__policy"), **window)))
    return lines.filter(found | _other_text(lines))


_OF_LINE = (
    (lambda: CertificateRevocation.objects.filter(certificate__enrolment=OuterRef("enrolment")), "revoked_at"),
    (lambda: Exam.objects.filter(cohort=OuterRef("enrolment__cohort")), "sealed_at"),
    (lambda: ScoreCorrection.objects.filter(score__enrolment=OuterRef("enrolment"), accepted=True), "decided_at"),
    (lambda: ResitScore.objects.filter(enrolment=OuterRef("enrolment")), "resit__sealed_at"),
    (lambda: Override.objects.filter(line=OuterRef("pk"), judged_at__isnull=False), "revoked_at"),
    (lambda: CertificateBatch.objects.filter(cohort=OuterRef("enrolment__cohort")), "issued_on"),
)


def _other_text(lines: QuerySet[ClaimLine]) -> Q:
    """Lines last judged or looked at with another text of the policy than today's."""
    found = Q(pk__in=[])
    for policy in set(lines.values_list("claim__policy", flat=True).order_by()):
        found |= Q(claim__policy=policy) & ~_judged_with(load_policy(policy).fingerprint)
    return found


def _judged_with(text: str) -> Q:
    return Q(rechecked_text=text) | Q(rechecked_text="", determination__fingerprint=text)


def judge_back(line: ClaimLine, *, known_at: dt.datetime) -> Judged:
    """The line as of its determination's own day, with what was known at a moment. Nothing is stored."""
    claim, then = line.claim, line.determination
    taken_by = min(then.known_at, known_at)
    return judge_claim(claim, [line], on=then.on, known_at=known_at, taken_by=taken_by)[line.pk]


def judgement_of(kept: Determination) -> Judgement:
    """A kept determination in the rulebook's terms."""
    told = {
        "decision": kept.decision, "amount_fen": kept.amount_fen, "findings": kept.findings, "policy": kept.policy,
        "fingerprint": kept.fingerprint, "subject": kept.subject, "on": kept.on.isoformat(),
        "known_at": kept.known_at.isoformat(), "facts": kept.facts, "rates": kept.rates, "outcomes": kept.outcomes,
        "payee": kept.payee or None,
    }  # fmt: skip
    return Judgement.from_json(json.dumps(told))


def compare(before: Judgement, after: Judgement) -> Difference:
    """The difference, with exact causes while the text of the policy is the same."""
    if before.fingerprint != after.fingerprint:
        return difference(before, after)
    policy = load_policy(after.policy)
    return difference(before, after, old_policy=policy, new_policy=policy)


def baseline(line: ClaimLine) -> Determination:
    """What counts for a line: its determination, or the later result that a settlement has accepted.

    "To be recovered" accepted nothing when the money came back by itself: whether it goes out again is to be decided.
    """
    rows = line.rechecks.filter(settlement__in=ACCEPTED, found_at__gt=line.determination.made_at)
    if line.state == LineState.PAID and is_back(line.claim):
        rows = rows.exclude(settlement=Settlement.RECOVER)
    last = rows.select_related("after").order_by("-settled_at", "-id").first()
    return last.after if last else line.determination


def rechecks_for(actor: Actor) -> QuerySet[Recheck]:
    """Re-checks of claims the actor may see: officers by district, an enterprise its own."""
    rows = Recheck.objects.filter(line__claim__case__in=cases_for(actor).values("pk"))
    related = ("line__person", "line__claim__case__agency", "line__claim__enterprise", "before", "after")
    return rows.select_related(*related, "settled_by").order_by("-found_at", "id")


def stops_payment(claim: Claim) -> Verdict:
    """No money while a re-check says that a person would get less or nothing, and nobody has decided about it; also about
    people told as paid whose money came back and is to go out again."""
    concerned = (*WITH_MONEY, LineState.PAID) if is_back(claim) else WITH_MONEY
    rows = Recheck.objects.filter(line__claim=claim, line__state__in=concerned, state=RecheckState.OPEN, lowers=True)
    names = list(rows.values_list("line__person__name", flat=True).order_by("line__position"))
    if not names:
        return yes()
    told = "、".join(names[:8])
    return no(f"有{len(names)}人的结论按新资料会减少补贴（{told}），请先在“结论复核”中处理")


def said(row: Recheck) -> str:
    """The difference in the language of the page; what is stored is Chinese."""
    if (get_language() or "").startswith("en"):
        return compare(judgement_of(row.before), judgement_of(row.after)).sentence("en")
    return row.sentence


def told_changes(found: Difference) -> list[dict]:
    """The rules that differ, as plain values for the page."""
    return [
        {
            "rule": one.rule,
            "clause": one.clause,
            "title": one.title,
            "before": str(one.before) if one.before else "",
            "after": str(one.after) if one.after else "",
            "observed": [list(each) for each in one.observed],
            "because": list(one.because),
        }
        for one in found.rules
    ]


def chosen(rows: QuerySet[Recheck], state: str) -> QuerySet[Recheck]:
    """The rows of one state, or all."""
    return rows.filter(state=state) if state in RecheckState.values else rows
