"""Questions about the bank: what a body may draw from, what it holds by kind, topic and difficulty."""

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from peibu.accounts.models import Unit
from peibu.examining.assembly import Entry
from peibu.examining.enums import Difficulty
from peibu.examining.models import Question, QuestionVersion
from peibu.rulebook import list_policies, load_policy
from peibu.training.enums import ItemKind
from peibu.training.models import Cohort
from peibu.training.queries.bodies import OWN, body_kind


def current_versions(owner: Unit, policy: str) -> QuerySet[QuestionVersion]:
    """The newest version of every question in use, newest question first."""
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number").values("number")[:1]
    rows = QuestionVersion.objects.filter(
        question__owner=owner, question__policy=policy, question__retired_at__isnull=True
    )
    return rows.annotate(newest=Subquery(newest)).filter(number=F("newest")).select_related("question").order_by("-id")


def pool_of(owner: Unit, policy: str) -> tuple[list[Entry], dict[str, QuestionVersion]]:
    """What a paper can be drawn from: entries, and the version behind each key."""
    rows = list(current_versions(owner, policy))
    entries = [Entry(str(row.pk), row.kind, row.topic, row.difficulty) for row in rows]
    return entries, {str(row.pk): row for row in rows}


def holdings(owner: Unit, policy: str) -> list[dict]:
    """How many questions in use (`n`) of each kind, topic and difficulty, with the words of the codes."""
    rows = current_versions(owner, policy).order_by().values("kind", "topic", "difficulty").annotate(n=Count("pk"))
    return [
        row | {"kind_label": ItemKind(row["kind"]).label, "level": Difficulty(row["difficulty"]).label}
        for row in rows.order_by("kind", "topic", "difficulty")
    ]


def topics_of(owner: Unit, policy: str) -> list[str]:
    return sorted(set(current_versions(owner, policy).order_by().values_list("topic", flat=True)))


def questions_of(owner: Unit) -> QuerySet[Question]:
    return Question.objects.filter(owner=owner)


def _examines(owner: Unit, path: str) -> bool:
    delivery = load_policy(path).delivery
    return delivery is not None and delivery.exam.body != OWN and delivery.exam.body == body_kind(owner)


def policies_of(owner: Unit) -> list[str]:
    """The policies under which a unit has classes, examines or has questions, the newest class first; never empty."""
    examined = [path for path in list_policies() if _examines(owner, path)]
    trained = list(Cohort.objects.filter(provider=owner).order_by("-created_at").values_list("policy", flat=True))
    asked = list(Question.objects.filter(owner=owner).values_list("policy", flat=True).distinct())
    return list(dict.fromkeys([*trained, *examined, *asked])) or list_policies()[:1]
