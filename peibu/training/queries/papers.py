"""Papers of an opening filing: which the policy asks for, which are there (WH63.2.3)."""

import dataclasses

from django.db.models import Q, QuerySet

from peibu.casework.models import Document
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState, PersonDeed, SessionKind
from peibu.training.models import ClassChange, Cohort, Enrolment, SignUpLine


def copies(cohort: Cohort, code: str) -> QuerySet[Document]:
    """Uploaded files of one paper of a class: with its filing, and with changes by which people join."""
    of_class = Q(case=cohort.case_id) | Q(case__class_change__cohort=cohort)
    return Document.objects.filter(of_class, facts__paper=code).order_by("uploaded_at", "id")


def not_covered(cohort: Cohort, code: str) -> list[Enrolment]:
    """People of the class whose copy is in no uploaded file. A file of the filing names places in the class; one of a
    change names sign-up lines, because who is to join has no place yet."""
    files = list(copies(cohort, code))
    places = {key for row in files for key in row.facts.get("people", [])}
    lines = {key for row in files for key in row.facts.get("lines", [])}
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise")
    rows = rows.order_by("enterprise__name", "id")
    return [row for row in rows if str(row.pk) not in places and str(row.line_id) not in lines]


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
    return [
        Paper(code, label, clause, list(copies(cohort, code)), not_covered(cohort, code))
        for code, label, clause in _uploaded(cohort.policy)
    ]


def _uploaded(path: str) -> list[tuple[str, str, str]]:
    """Code, label and clause of each paper that is handed in as a file."""
    policy = load_policy(path)
    documents = {row["code"]: row for row in policy.processes["class_filing"].get("documents", ())}
    codes = [code for code, way in policy.delivery.papers.items() if way == "uploaded"]
    return [
        (code, documents.get(code, {}).get("label", code), documents.get(code, {}).get("clause", "")) for code in codes
    ]


@dataclasses.dataclass(frozen=True)
class JoiningPaper:
    """A paper of those who join by a change: the files handed in with it, whom they cover, who is not covered."""

    code: str
    label: str
    clause: str
    files: list[Document]
    covered: list[SignUpLine]
    missing: list[SignUpLine]


def papers_of_joining(change: ClassChange) -> list[JoiningPaper]:
    """What the policy asks of people who join; empty where nobody joins or no paper is handed in as a file."""
    rows = change.people.filter(deed=PersonDeed.JOIN).select_related("line__person", "line__signup__enterprise")
    lines = [row.line for row in rows]
    found = []
    for code, label, clause in _uploaded(change.cohort.policy) if lines else ():
        files = list(change.case.documents.filter(facts__paper=code).order_by("uploaded_at", "id"))
        named = {key for row in files for key in row.facts.get("lines", [])}
        covered = [line for line in lines if str(line.pk) in named]
        missing = [line for line in lines if str(line.pk) not in named]
        found.append(JoiningPaper(code, label, clause, files, covered, missing))
    return found
