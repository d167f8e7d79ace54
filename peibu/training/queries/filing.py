"""Questions about plans, classes and their opening filing (QD97.2.3, 3.2, 3.4)."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.casework.enums import Purpose
from peibu.casework.models import Determination
from peibu.kernel.errors import PeibuError
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage, EnrolmentState, SessionKind, SignUpState
from peibu.training.facts.filing import plan_parts
from peibu.training.facts.known import told
from peibu.training.filing_papers import told_sessions
from peibu.training.models import Cohort, Enrolment, Session, SignUpLine, TrainingPlan

STEPS = (_("备案"), _("开班"), _("结课"), _("考核"), _("发证"), _("归档"))
_STEP_OF_STAGE = {
    CohortStage.FILING: 0,
    CohortStage.CONFIRMED: 1,
    CohortStage.TAUGHT: 3,
    CohortStage.EXAMINED: 4,
    CohortStage.CERTIFIED: 5,
    CohortStage.ARCHIVED: 6,
}
FIRST_HOUR, LAST_HOUR = 8, 21  # the strip of a day shows this part of it


def plans_of(unit: Unit | None) -> QuerySet[TrainingPlan]:
    """The plans a unit wrote, newest first."""
    rows = TrainingPlan.objects.select_related("provider", "division").prefetch_related("bases__unit")
    return rows.filter(provider=unit).order_by("-created_at")


def usable_plans(unit: Unit | None) -> QuerySet[TrainingPlan]:
    """Signed plans a class can be opened by: those no signed newer version has replaced."""
    return plans_of(unit).filter(signed_at__isnull=False).exclude(replaced_by__signed_at__isnull=False)


def plans_naming(base: Unit | None) -> QuerySet[TrainingPlan]:
    """Plans signed by their provider that name a unit as practice base; a draft is nobody else's business."""
    rows = TrainingPlan.objects.select_related("provider__division").prefetch_related("bases__unit")
    return rows.filter(bases__unit=base, signed_at__isnull=False).order_by("-signed_at")


def classes_of(unit: Unit | None) -> QuerySet[Cohort]:
    """The classes of a provider, the ones under way first."""
    rows = Cohort.objects.select_related("provider", "plan", "case__agency", "case__division")
    return rows.filter(provider=unit).order_by("-created_at")


def step_of(cohort: Cohort, *, on: dt.date) -> int:
    """Position on the road of `STEPS` that is under way; once teaching has begun the next step is its end."""
    begun = cohort.opens_on is not None and cohort.opens_on <= on
    if cohort.stage == CohortStage.CONFIRMED and begun:
        return 2
    return _STEP_OF_STAGE.get(CohortStage(cohort.stage), 0)


def part_list(plan: TrainingPlan, *, teachers: int, bases: int) -> list[tuple[str, bool]]:
    """Every part the policy asks of a plan with whether it is written, then what signing needs besides.
    `teachers` and `bases` are counts, so that a page can ask about choices not saved yet."""
    have = set(plan_parts(plan, has_teachers=teachers > 0))
    policy = load_policy(plan.policy)
    delivery, given = policy.delivery, told(policy, plan.stated)
    listed = policy.codes["plan_parts"].items if "plan_parts" in policy.codes else {"project_name": "培训项目名称"}
    have |= {"project_name"} if plan.project_name.strip() else set()
    parts = [(label, code in have) for code, label in listed.items() if code not in delivery.from_class]
    parts += [(policy.fact_specs[name].label, name in given) for name in delivery.asks]
    parts += [("内容类别", bool(plan.topics))] if delivery.plan_topics else []
    parts += [("收费标准", plan.fee_fen is not None)]
    return parts + ([("实训基地", bases > 0)] if delivery.practice_at == "bases" else [])


def topic_labels(plan: TrainingPlan) -> list[str]:
    policy = load_policy(plan.policy)
    items = policy.codes[policy.delivery.plan_topics].items if policy.delivery.plan_topics else {}
    return [items.get(code, code) for code in plan.topics]


def waiting_lines(provider: Unit | None, *, policy: str = "") -> QuerySet[SignUpLine]:
    """People signed up with this provider (under a policy) who are in no class yet, by enterprise."""
    rows = SignUpLine.objects.filter(active=True, signup__state=SignUpState.COMMITTED, signup__provider=provider)
    taken = Enrolment.objects.filter(state=EnrolmentState.ACTIVE, line__signup__provider=provider).values("line_id")
    rows = rows.exclude(pk__in=taken).select_related("person", "signup__enterprise__division", "precheck")
    rows = rows.filter(policy=policy) if policy else rows
    return rows.order_by("signup__enterprise__name", "signup_id", "position")


def by_enterprise(lines: Iterable[SignUpLine]) -> list[tuple[Unit, list[SignUpLine]]]:
    """Lines grouped by their enterprise, in the order given."""
    groups: dict[Unit, list[SignUpLine]] = defaultdict(list)
    for line in lines:
        groups[line.signup.enterprise].append(line)
    return list(groups.items())


def people_in(cohort: Cohort) -> list[tuple[Unit, list[Enrolment]]]:
    """The people of a class grouped by enterprise."""
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise", "line")
    groups: dict[Unit, list[Enrolment]] = defaultdict(list)
    for row in rows.order_by("enterprise__name", "line__position", "id"):
        groups[row.enterprise].append(row)
    return list(groups.items())


@dataclasses.dataclass(frozen=True)
class Block:
    """A session on the strip of its day: left edge and width in percent of the shown hours."""

    session: Session
    left: float
    width: float


@dataclasses.dataclass(frozen=True)
class Day:
    """A class day; `gap` = days without lessons before it."""

    on: dt.date
    gap: int
    blocks: list[Block]

    @property
    def hours(self) -> int:
        return sum(block.session.class_hours for block in self.blocks)


class Days(list[Day]):
    """The days of a timetable; `kinds`: code and word of every kind of session on them, for the key below the strip."""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        shown = {block.session.kind: block.session.get_kind_display() for day in self for block in day.blocks}
        return [(code, shown[code]) for code in SessionKind.values if code in shown]


def days_of(sessions: Iterable[Session]) -> Days:
    """A timetable as days with their blocks, for the strip; the same sessions stand in the table beside it."""
    found: dict[dt.date, list[Session]] = defaultdict(list)
    for session in sessions:
        found[timezone.localdate(session.starts_at)].append(session)
    days = Days()
    for on in sorted(found):
        gap = (on - days[-1].on).days - 1 if days else 0
        days.append(Day(on, gap, [_block(row) for row in sorted(found[on], key=lambda row: row.starts_at)]))
    return days


def _block(session: Session) -> Block:
    span = (LAST_HOUR - FIRST_HOUR) * 60
    start, end = (timezone.localtime(t) for t in (session.starts_at, session.ends_at))
    first = min(max(0, (start.hour - FIRST_HOUR) * 60 + start.minute), span)
    last = min(max(first, (end.hour - FIRST_HOUR) * 60 + end.minute), span)
    return Block(session, round(first * 100 / span, 2), round(max(last - first, 20) * 100 / span, 2))


@dataclasses.dataclass(frozen=True)
class FilingTime:
    """Until when a class must be filed (QD97.3.4). `first` only under the reading 'window'; `problem` says why the
    day cannot be told."""

    first: dt.date | None = None
    last: dt.date | None = None
    days: int = 0
    problem: str = ""


def filing_time(cohort: Cohort, *, on: dt.date) -> FilingTime:
    """The last day (and under the reading 'window' the first) on which filing is in time, by the calendar."""
    policy = load_policy(cohort.policy)
    if not policy.delivery.lead:
        return FilingTime(problem="本政策没有规定提前备案的天数，开班前备案即可")
    days = int(policy.value(policy.delivery.lead, on=on))
    if cohort.opens_on is None:
        return FilingTime(days=days, problem="排好课程表后，系统按开班日期推算最迟备案日")
    try:
        if "class_filing_reading" in policy.dated and policy.value("class_filing_reading", on=on) == "window":
            return FilingTime(_filed_on(cohort.opens_on, days), _filed_on(cohort.opens_on, 1), days)
        return FilingTime(None, _filed_on(cohort.opens_on, days), days)
    except PeibuError as missing:
        return FilingTime(days=days, problem=missing.sentence())


def _filed_on(opens_on: dt.date, lead: int) -> dt.date:
    """The last working day from which `lead` working days lead up to the opening."""
    calendar = default_calendar()
    day = calendar.nth_workday_before(opens_on, lead)
    return day if calendar.workdays_between(day, opens_on) >= lead else calendar.nth_workday_before(day, 1)


def last_return(cohort: Cohort) -> str:
    """Why the agency sent the filing back last; empty when it stands in no returned state."""
    if cohort.case.state != "returned":
        return ""
    return cohort.case.steps.filter(move="return").order_by("-seq").values_list("reason", flat=True).first() or ""


def kept_determination(cohort: Cohort) -> Determination | None:
    """The check sheet stored at the latest submission."""
    rows = Determination.objects.filter(subject_id=cohort.pk, subject="class_filing")
    return rows.order_by("-made_at", "-id").first()


@dataclasses.dataclass(frozen=True)
class TimetableVersion:
    """A timetable as it was handed in; rows are marked when the next version (or today's) has them not any more."""

    at: dt.datetime
    name: str
    rows: list[tuple[dict, bool]]
    added: list[dict]


def timetable_versions(cohort: Cohort) -> list[TimetableVersion]:
    """Earlier handed-in timetables that differ from what came after them, newest first."""
    documents = cohort.case.documents.filter(purpose=Purpose.TIMETABLE).order_by("uploaded_at", "id")
    kept = [(row, row.facts.get("sessions", [])) for row in documents]
    found = []
    for (row, before), after in zip(kept, [*[rows for _row, rows in kept[1:]], told_sessions(cohort)], strict=True):
        if before != after:
            marked = [(_labelled(session), session not in after) for session in before]
            added = [_labelled(session) for session in after if session not in before]
            found.append(TimetableVersion(row.uploaded_at, row.name, marked, added))
    return found[::-1]


def _labelled(session: dict) -> dict:
    return session | {"kind": SessionKind(session["kind"]).label}


def practice_at(base: Unit | None, *, since: dt.date) -> QuerySet[Session]:
    """Practice sessions of filed classes at a base from a day on."""
    rows = Session.objects.filter(base=base, active=True, starts_at__date__gte=since)
    return rows.select_related("cohort__provider", "teacher").order_by("starts_at")


def offered_classes(*, on: dt.date) -> QuerySet[Cohort]:
    """Planned, filed and confirmed classes that have not begun, by plans everybody has signed (QD97.3.2)."""
    rows = Cohort.objects.filter(opens_on__gt=on, plan__signed_at__isnull=False)
    rows = rows.exclude(stage=CohortStage.CANCELLED).exclude(plan__bases__signed_at__isnull=True)
    return rows.select_related("provider__division", "plan", "case").order_by("opens_on", "name")


def offered_plans(*, on: dt.date) -> QuerySet[TrainingPlan]:
    """Plans signed by provider and every base, no offered class of which is on yet."""
    rows = TrainingPlan.objects.filter(signed_at__isnull=False, bases__isnull=False)
    rows = rows.exclude(replaced_by__signed_at__isnull=False).exclude(bases__signed_at__isnull=True)
    rows = rows.exclude(cohorts__in=offered_classes(on=on))
    return rows.filter(~Q(topics=[])).select_related("provider__division").order_by("-signed_at").distinct()
