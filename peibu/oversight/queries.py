"""Questions of oversight: findings, packages, credit, the whole file of a class, what happened to a row."""

import dataclasses
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Value, When

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.models import CaseEvent, Document
from peibu.casework.queries import cases_for
from peibu.kernel.workdays import default_calendar
from peibu.oversight.actions.findings import SATISFACTION
from peibu.oversight.enums import FindingKind, FindingState
from peibu.oversight.models import ArchivePackage, CreditRecord, Finding
from peibu.oversight.permissions import READERS, classes_for
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort

# The document names no day for archiving. A class that waits longer than this after its certificates is shown first.
USUAL_WORKING_DAYS = 20


def findings_for(actor: Actor) -> QuerySet[Finding]:
    """The findings of the actor's district, open ones first, then the newest."""
    rows = Finding.objects.select_related("division", "concluded_by")
    if actor.role not in READERS:
        return rows.none()
    if not actor.whole_city:
        rows = rows.filter(division_id__in=actor.division_ids())
    return rows.order_by(Case(When(state=FindingState.OPEN, then=Value(0)), default=Value(1)), "-found_at", "id")


@dataclasses.dataclass(frozen=True)
class Photo:
    """One picture of a finding with the class it was handed in for."""

    document: Document
    cohort: Cohort | None


def photos_in(finding: Finding) -> list[Photo]:
    """The pictures a finding rests on, the one that was reported first in the list."""
    if finding.kind != FindingKind.NEAR_DUPLICATE_PHOTO:
        return []
    ids = [UUID(text) for text in finding.evidence.get("photos", [])]
    documents = Document.objects.select_related("uploaded_by").in_bulk(ids)
    cohorts = Cohort.objects.select_related("provider", "division").in_bulk(
        {row.subject_id for row in documents.values()}
    )
    return [Photo(documents[pk], cohorts.get(documents[pk].subject_id)) for pk in ids if pk in documents]


def packages_for(actor: Actor) -> QuerySet[ArchivePackage]:
    """The archive packages an actor may download: a provider its own, officers their district's."""
    rows = ArchivePackage.objects.select_related("cohort__provider", "cohort__division", "document", "made_by")
    return rows.filter(cohort__in=classes_for(actor).values("pk"))


def package_of(root: str) -> ArchivePackage | None:
    """The package of this platform with a fingerprint."""
    return ArchivePackage.objects.select_related("cohort__provider").filter(root=root).first()


@dataclasses.dataclass(frozen=True)
class Filed:
    """A class in the list of archives: `state` is waiting, late or archived."""

    cohort: Cohort
    package: ArchivePackage | None
    certified_on: dt.date | None
    due_on: dt.date | None
    state: str


def filed_classes(actor: Actor, *, on: dt.date) -> list[Filed]:
    """Certified and archived classes in the actor's scope: late ones first, then waiting ones, then the archived."""
    rows = classes_for(actor).filter(stage__in=[CohortStage.CERTIFIED, CohortStage.ARCHIVED])
    rows = rows.select_related("provider", "division", "archive__document", "certificate_batch")
    order = {"late": 0, "waiting": 1, "archived": 2}
    told = [_filed(row, on) for row in rows]
    return sorted(told, key=lambda one: (order[one.state], one.due_on or dt.date.max, one.cohort.name))


def _filed(cohort: Cohort, on: dt.date) -> Filed:
    package = getattr(cohort, "archive", None)
    batch = getattr(cohort, "certificate_batch", None)
    certified = batch.issued_on if batch else None
    due = default_calendar().add_workdays(certified, USUAL_WORKING_DAYS) if certified and not package else None
    state = "archived" if package else "late" if due and due < on else "waiting"
    return Filed(cohort, package, certified, due, state)


@dataclasses.dataclass(frozen=True)
class Credit:
    """A provider's standing: the mean over its classes weighted by answers, and how many rest on it."""

    unit: Unit
    classes: int
    answers: int
    mean: Decimal | None
    frauds: int
    open_findings: int


def credit_of(unit: Unit) -> QuerySet[CreditRecord]:
    """The satisfaction of each class of a provider, oldest first (QD97.3.7)."""
    rows = CreditRecord.objects.filter(unit=unit, kind=SATISFACTION).select_related("cohort__division")
    return rows.order_by("made_at", "id")


def credits_for(actor: Actor) -> list[Credit]:
    """All providers with records in the actor's scope, the best rated first."""
    if actor.role not in READERS:
        return []
    mine = classes_for(actor)
    rows: dict[UUID, list[CreditRecord]] = defaultdict(list)
    for row in CreditRecord.objects.filter(kind=SATISFACTION, cohort__in=mine.values("pk")).select_related("unit"):
        rows[row.unit_id].append(row)
    noted = _findings_by_provider(mine)
    found = [_credit(records, noted.get(unit, (0, 0))) for unit, records in rows.items()]
    return sorted(found, key=lambda one: (-(one.mean or 0), one.unit.name))


def _credit(records: list[CreditRecord], noted: tuple[int, int]) -> Credit:
    answers = sum(row.count for row in records)
    total = sum((row.value * row.count for row in records), Decimal(0))
    mean = (total / answers).quantize(Decimal("0.01")) if answers else None
    return Credit(records[0].unit, len(records), answers, mean, frauds=noted[0], open_findings=noted[1])


def _findings_by_provider(cohorts: QuerySet[Cohort]) -> dict[UUID, tuple[int, int]]:
    """Provider -> (findings judged to be fraud, findings still open)."""
    owner = dict(cohorts.values_list("pk", "provider_id"))
    counts: dict[UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for subject, state in Finding.objects.filter(subject_id__in=owner).values_list("subject_id", "state"):
        fraud, still = counts[owner[subject]]
        counts[owner[subject]] = (fraud + (state == FindingState.FRAUD), still + (state == FindingState.OPEN))
    return counts


def credit_chart(records: list[CreditRecord], label: str) -> dict:
    """Overall satisfaction class by class, as an ECharts option; the names are those of the classes."""
    return {
        "grid": {"left": 44, "right": 16, "top": 32, "bottom": 30},
        "xAxis": {"type": "category", "data": [f"{row.cohort.ends_on or row.made_at:%Y-%m-%d}" for row in records]},
        "yAxis": {"type": "value", "min": 1, "max": 5, "interval": 1},
        "series": [
            {
                "name": label,
                "type": "line",
                "symbolSize": 8,
                "data": [float(row.value) for row in records],
                "label": {"show": len(records) <= 12},
            }
        ],
    }


def deeds_for(actor: Actor, *, text: str = "") -> QuerySet[CaseEvent]:
    """Who did what to which case, the newest first; searched by case number, subject or the name of the person."""
    if actor.role not in (Role.AUDITOR, Role.CITY_BUREAU):
        return CaseEvent.objects.none()
    rows = CaseEvent.objects.select_related("case__applicant", "case__division")
    rows = rows.filter(case__in=cases_for(actor).values("pk"))
    if text:
        rows = rows.filter(
            Q(case__number__icontains=text) | Q(case__subject__icontains=text) | Q(actor_name__icontains=text)
        )
    return rows.order_by("-at", "-seq")


@dataclasses.dataclass(frozen=True)
class DistrictFigures:
    division: object
    classes: int
    archived: int
    people: int
    certificates: int
    open_findings: int


def district_figures(actor: Actor) -> list[DistrictFigures]:
    """Figures by district for the whole-city reader, districts with most classes first."""
    classes = classes_for(actor).exclude(stage__in=[CohortStage.FILING, CohortStage.CANCELLED]).order_by()
    grouped = classes.values("division").annotate(
        n=Count("pk", distinct=True),
        archived=Count("pk", distinct=True, filter=Q(stage=CohortStage.ARCHIVED)),
        people=Count("enrolments", distinct=True, filter=Q(enrolments__state="active")),
        given=Count("enrolments__certificate", distinct=True),
    )
    still = dict(
        findings_for(actor).filter(state=FindingState.OPEN).order_by().values_list("division").annotate(n=Count("pk"))
    )
    names = {row.division_id: row.division for row in classes}
    rows = [
        DistrictFigures(
            division=names[row["division"]],
            classes=row["n"],
            archived=row["archived"],
            people=row["people"],
            certificates=row["given"],
            open_findings=still.get(row["division"], 0),
        )
        for row in grouped
    ]
    return sorted(rows, key=lambda row: (-row.classes, row.division.name))
