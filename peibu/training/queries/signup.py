"""Questions about sign-ups: whose, how far, what happened, what may be chosen."""

import dataclasses
import datetime as dt

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.accounts.actor import Actor
from peibu.casework.enums import Decision
from peibu.casework.queries import Step
from peibu.programmes.models import ListedUnit, Quota
from peibu.programmes.queries import listed, quotas
from peibu.rulebook import load_policy
from peibu.rulebook.codes import Text
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.models import Cohort, Enrolment, RosterUpload, SignUp, SignUpLine

COMMITMENT = "commitment"
DECISIONS = (Decision.PASS, Decision.FAIL, Decision.UNKNOWN)
OPEN_STAGES = (CohortStage.FILING, CohortStage.CONFIRMED)


def signups_of(actor: Actor) -> QuerySet[SignUp]:
    """The sign-ups of the actor's enterprise, newest first; nobody else's."""
    rows = SignUp.objects.filter(enterprise=actor.unit) if actor.unit else SignUp.objects.none()
    rows = rows.select_related("enterprise__division", "provider__division", "commitment__user", "roster")
    return rows.annotate(
        people=Count("lines", distinct=True), sent=Count("lines", filter=Q(lines__active=True), distinct=True)
    ).order_by("-created_at")


def lines_of(signup: SignUp, decision: str = "") -> QuerySet[SignUpLine]:
    """The people of a sign-up in the order of the roster, optionally those with one pre-check decision."""
    rows = signup.lines.select_related("person", "precheck").order_by("position")
    return rows.filter(precheck__decision=decision) if decision in DECISIONS else rows


def counts(signup: SignUp) -> dict[str, int]:
    """People by pre-check decision; `all` and `unchecked` besides."""
    found = dict.fromkeys((*map(str, DECISIONS), "unchecked"), 0)
    for decision, number in signup.lines.values_list("precheck__decision").annotate(n=Count("pk")).order_by():
        found[decision or "unchecked"] = number
    return found | {"all": sum(found.values())}


def stale_reason(signup: SignUp, *, on: dt.date) -> str:
    """Why the pre-check must be made (again) before committing; empty when it stands."""
    if signup.prechecked_at is None:
        return _("还没有预审")
    if signup.lines_changed_at and signup.lines_changed_at > signup.prechecked_at:
        return _("预审之后名单有变动")
    if timezone.localdate(signup.prechecked_at) != on:
        return _("预审是%(day)s做的，条件按报名当天判定") % {"day": timezone.localdate(signup.prechecked_at)}
    if signup.lines.exclude(precheck__fingerprint=load_policy(signup.policy).fingerprint).exists():
        return _("预审之后政策规则有更新")
    return ""


def commitment_text(policy: str) -> Text:
    """The text in force that an enterprise accepts (QD97.3.3)."""
    return load_policy(policy).texts[COMMITMENT]


def innermost_quota(policy: str) -> Quota | None:
    """The quota a place is taken in; the ones above it follow (QD97.4.1)."""
    return quotas(policy).filter(children__isnull=True).order_by("code").first()


def quota_is_taken_now(policy: str, *, on: dt.date) -> bool:
    """Does the chosen reading take the place at sign-up (QD97.4.1)? A policy without the question does."""
    found = load_policy(policy)
    return "quota_place_taken" not in found.dated or found.value("quota_place_taken", on=on) == "enrolment"


def offers(policy: str, *, on: dt.date) -> list[tuple[ListedUnit, list[Cohort]]]:
    """Every listed provider of the day with the classes it has planned or may open, soonest first."""
    classes = Cohort.objects.filter(policy=policy, stage__in=OPEN_STAGES).filter(
        Q(opens_on__isnull=True) | Q(opens_on__gte=on)
    )
    planned = Prefetch("unit__cohorts", queryset=classes.order_by("opens_on", "created_at"), to_attr="open_classes")
    return [
        (row, row.unit.open_classes)
        for row in listed(policy, load_policy(policy).delivery.list, on=on).prefetch_related(planned)
    ]


def enrolled(signup: SignUp) -> QuerySet[Enrolment]:
    """Places in classes that people of this sign-up hold."""
    rows = Enrolment.objects.filter(line__signup=signup, state=EnrolmentState.ACTIVE)
    return rows.select_related("cohort", "person").order_by("line__position")


def last_upload(signup: SignUp) -> RosterUpload | None:
    return signup.uploads.defer("content").select_related("progress").order_by("-uploaded_at", "-id").first()


@dataclasses.dataclass(frozen=True)
class Stop:
    """One step of the wizard and whether its work is done."""

    code: str
    label: str
    done: bool


def stops(signup: SignUp, *, on: dt.date) -> list[Stop]:
    """The four steps of a draft, in order."""
    has_lines = signup.lines.exists()
    return [
        Stop("roster", _("上传名册"), has_lines),
        Stop("check", _("逐人预审"), has_lines and not stale_reason(signup, on=on)),
        Stop("provider", _("选择承接单位"), signup.provider_id is not None),
        Stop("commitment", _("确认承诺"), signup.commitment_id is not None),
    ]


def history(signup: SignUp) -> list[Step]:
    """Who did what to a sign-up, when, on which rule version."""
    return [
        Step(
            step=row.label,
            who=Actor(user=row.user, role=row.actor_role).label if row.user else row.actor_name,
            at=row.at,
            reason=row.note,
            rule_version=row.rule_version[:12],
            back=row.deed == "withdraw",
        )
        for row in signup.steps.select_related("user")
    ]
