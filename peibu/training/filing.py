"""Guards and effects of the opening filing (开班备案, QD97.3.4): judged at submission, active from then on."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination, keep_document
from peibu.casework.enums import Purpose
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import Judgement, Status, load_policy
from peibu.rulebook.judgement import Finding
from peibu.training.actions.applications import close_enrolment
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.facts.filing import filing_facts
from peibu.training.filing_papers import plan_table, timetable_table, told_sessions
from peibu.training.models import Cohort


def judge_filing(cohort: Cohort, *, on: dt.date) -> Judgement:
    """The check sheet of a class as if it were filed on a day."""
    return load_policy(cohort.policy).judge("class_filing", filing_facts(cohort, filed_on=on), on=on)


def obstacles(judgement: Judgement, reasons: Collection[str]) -> list[Finding]:
    """What still keeps a class from being filed: an 'in principle' limit with a recorded reason (`reasons`: its rule) does
    not."""
    wrong = [f for f in judgement.findings if f.status is not Status.PASS]
    return [f for f in wrong if not (f.soft and f.rule in reasons)]


@guard("class_filing", "submit", "resubmit")
def somebody_is_in_it(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Whatever the document counts over the roster of an empty class would hold of nobody."""
    people = case.cohort.enrolments.filter(state=EnrolmentState.ACTIVE)
    return yes() if people.exists() else no("班次没有学员，请先编入学员再提交备案")


@guard("class_filing", "submit", "resubmit")
def checks_hold(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nothing is filed that breaks a limit; the refusal names each one."""
    cohort = case.cohort
    wrong = obstacles(judge_filing(cohort, on=timezone.localdate(at)), cohort.soft_reasons)
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
    _keep_papers(cohort, by=by, at=at)


def _keep_papers(cohort: Cohort, *, by: Actor, at: dt.datetime) -> None:
    """Plan and timetable as filed (QD97.3.4). The timetable's rows are kept as data too: a version to compare with."""
    on = timezone.localdate(at)
    number = cohort.case.documents.filter(purpose=Purpose.TIMETABLE).count() + 1
    papers = [
        (Purpose.PLAN, "培训方案", plan_table(cohort.plan, dated=on), {}),
        (Purpose.TIMETABLE, "课程表", timetable_table(cohort, dated=on), {"sessions": told_sessions(cohort)}),
    ]
    for purpose, title, content, facts in papers:
        keep_document(
            division=cohort.case.division,
            subject_id=cohort.pk,
            case=cohort.case,
            purpose=purpose,
            name=f"{cohort.name}{title}（第{number}次提交）.xlsx",
            kind="xlsx",
            content=content,
            facts=facts,
            by=by,
            at=at,
        )


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
    close_enrolment(cohort=cohort, at=at)
    cohort.sessions.update(active=False)
    cohort.enrolments.update(state=EnrolmentState.CANCELLED)
    Cohort.objects.filter(pk=cohort.pk).update(stage=CohortStage.CANCELLED, seats_taken=0)
