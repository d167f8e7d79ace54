"""Guards and effects of the opening filing (开班备案, QD97.3.4): judged at submission, active from then on."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import Judgement, Status, load_policy
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.facts.filing import filing_facts
from peibu.training.models import Cohort


def judge_filing(cohort: Cohort, *, on: dt.date) -> Judgement:
    """The check sheet of a class as if it were filed on a day."""
    return load_policy(cohort.policy).judge("class_filing", filing_facts(cohort, filed_on=on), on=on)


@guard("class_filing", "submit", "resubmit")
def checks_hold(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nothing is filed that breaks a limit; the refusal names each one."""
    judgement = judge_filing(case.cohort, on=timezone.localdate(at))
    wrong = [f for f in judgement.findings if f.status is not Status.PASS]
    wrong = [f for f in wrong if not (f.soft and f.rule in case.cohort.soft_reasons)]
    return no("；".join(f.sentence for f in wrong)) if wrong else yes()


@effect("class_filing", "submit", "resubmit")
def keep_check_sheet(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Keep the determination and make the timetable binding: from now on no teacher of it can be elsewhere."""
    cohort = case.cohort
    on = timezone.localdate(at)
    facts = filing_facts(cohort, filed_on=on)
    judgement = load_policy(cohort.policy).judge("class_filing", facts, on=on)
    keep_determination(subject_id=cohort.pk, judgement=judgement, known_at=at, by=by, at=at)
    cohort.sessions.update(active=True)


@effect("class_filing", "return")
def free_timetable(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    case.cohort.sessions.update(active=False)


@effect("class_filing", "confirm")
def open_class(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    Cohort.objects.filter(pk=case.cohort.pk).update(stage=CohortStage.CONFIRMED)


@effect("class_filing", "withdraw")
def cancel_class(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The people are free for another class; the history stays."""
    cohort = case.cohort
    cohort.sessions.update(active=False)
    cohort.enrolments.update(state=EnrolmentState.CANCELLED)
    Cohort.objects.filter(pk=cohort.pk).update(stage=CohortStage.CANCELLED, seats_taken=0)
