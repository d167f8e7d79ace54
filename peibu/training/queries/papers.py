"""Papers of an opening filing: which the policy asks for, which are there (WH63.2.3)."""

import dataclasses

from django.db.models import QuerySet

from peibu.casework.models import Document
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState, SessionKind
from peibu.training.models import Cohort, Enrolment


def copies(cohort: Cohort, code: str) -> QuerySet[Document]:
    """Uploaded files of one paper of a class."""
    return cohort.case.documents.filter(facts__paper=code).order_by("uploaded_at", "id")


def not_covered(cohort: Cohort, code: str) -> list[Enrolment]:
    """People of the class whose copy is in no uploaded file."""
    covered = {key for row in copies(cohort, code) for key in row.facts.get("people", [])}
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise")
    return [row for row in rows.order_by("enterprise__name", "id") if str(row.pk) not in covered]


def papers_at_hand(cohort: Cohort) -> list[str]:
    """Codes of the papers that are complete; an uploaded one when it covers everybody in the class."""
    made = {
        "plan": cohort.plan.signed_at is not None,
        "training_plan": cohort.plan.signed_at is not None,
        "roster": cohort.seats_taken > 0,
        "timetable": cohort.sessions.exclude(kind=SessionKind.EXAM).exists(),
    }
    found = []
    for code, way in load_policy(cohort.policy).delivery.papers.items():
        uploaded = way == "uploaded" and cohort.seats_taken > 0 and not not_covered(cohort, code)
        if uploaded or (way == "made" and made.get(code)):
            found.append(code)
    return found


@dataclasses.dataclass(frozen=True)
class Paper:
    """A paper that is handed in as a file: its name, the files, who is not covered yet."""

    code: str
    label: str
    clause: str
    files: list[Document]
    missing: list[Enrolment]


def uploaded_papers(cohort: Cohort) -> list[Paper]:
    policy = load_policy(cohort.policy)
    documents = {row["code"]: row for row in policy.processes["class_filing"].get("documents", ())}
    return [
        Paper(
            code,
            documents.get(code, {}).get("label", code),
            documents.get(code, {}).get("clause", ""),
            list(copies(cohort, code)),
            not_covered(cohort, code),
        )
        for code, way in policy.delivery.papers.items()
        if way == "uploaded"
    ]
