"""What an officer sees of an opening filing: plan, signatures, timetable, people, the check sheet then and now."""

import dataclasses
import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case, Determination
from peibu.registry.identity import latest_checks
from peibu.training.enums import SessionKind
from peibu.training.facts.filing import catalogue_edition
from peibu.training.facts.known import end_of
from peibu.training.filing import judge_filing
from peibu.training.filing_papers import plan_rows
from peibu.training.models import Cohort
from peibu.training.permissions.attendance import RUNNING
from peibu.training.queries.changes import changes_of
from peibu.training.queries.filing import days_of, filing_time, kept_determination, people_in, timetable_versions
from peibu.training.queries.lapses import lapses
from peibu.training.queries.not_held import not_held_of
from peibu.training.queries.papers import uploaded_papers
from peibu.training.queries.rosters import editions, since_filed
from peibu.training.queries.unfenced import unfenced

TEMPLATE = "desk/panels/class_filing.html"


@dataclasses.dataclass(frozen=True)
class Change:
    """A rule whose answer is another than at submission."""

    clause: str
    title: str
    before: str
    now: str
    worse: bool


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """The stored check sheet is what was decided on; the same day judged with today's facts shows what moved since."""
    cohort = Cohort.objects.select_related("provider__division__served_by", "plan__provider").get(case=case)
    plan = cohort.plan
    sessions = list(cohort.sessions.select_related("teacher", "base").order_by("starts_at"))
    kept = kept_determination(cohort)
    fresh = judge_filing(cohort, on=kept.on if kept else on)
    titles = {finding.rule: finding for finding in fresh.findings}
    rosters = editions(cohort)
    return {
        "cohort": cohort,
        "plan": plan,
        "rows": plan_rows(plan),
        "bases": plan.bases.select_related("unit", "signed_by").order_by("unit__name"),
        "sessions": sessions,
        "days": days_of(sessions),
        "hours_chart": _hours_chart(days_of(sessions)),
        "groups": people_in(cohort),
        "kept": kept,
        "judgement": kept or fresh,
        "edition": catalogue_edition(cohort, on=kept.on if kept else on),
        "lapses": lapses(cohort),
        "unfenced": unfenced(cohort),
        "changes": changes_since(kept, fresh) if kept else [],
        "reasons": [(titles.get(rule), text) for rule, text in cohort.soft_reasons.items()],
        "versions": timetable_versions(cohort),
        "time": filing_time(cohort, on=on),
        "papers": uploaded_papers(cohort),
        "identities": latest_checks(
            cohort.enrolments.values_list("person_id", flat=True),
            known_at=end_of(on),
        ),
        "not_held": not_held_of(cohort),
        "may_agree": actor.role == Role.AGENCY_REVIEWER
        and actor.unit.pk == case.agency_id
        and cohort.stage in RUNNING,
        "class_changes": changes_of(cohort),
        "editions": rosters,
        "since": since_filed(cohort, rosters),
    }


def changes_since(kept: Determination, fresh) -> list[Change]:
    """Rules that would be answered otherwise now than when the class was handed in."""
    before = {finding["rule"]: finding for finding in kept.findings}
    found = []
    for finding in fresh.findings:
        old = before.get(finding.rule)
        if old is None or (old["status"], old["sentence"]) == (finding.status, finding.sentence):
            continue
        worse = finding.status != "pass"
        found.append(Change(finding.clause, finding.title, old["sentence"], finding.sentence, worse))
    return found


KINDS = tuple(SessionKind.values)


def _hours_chart(days: list) -> dict:
    """Class hours per day, lectures and practice on each other."""
    names = [date_format(day.on, "MONTH_DAY_FORMAT") for day in days]
    series = []
    for kind in KINDS:
        data = [sum(b.session.class_hours for b in day.blocks if b.session.kind == kind) for day in days]
        if any(data):
            label = next(b.session.get_kind_display() for day in days for b in day.blocks if b.session.kind == kind)
            series.append({"name": str(label), "type": "bar", "stack": "hours", "data": data})
    return {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "name": _("课时"), "minInterval": 1},
        "legend": {},
        "series": series,
    }
