"""Who draws the call-backs of a class, who phones, and who sees a number."""

import datetime as dt

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment, User
from peibu.kernel.masks import mask_mobile
from peibu.kernel.verdict import Verdict, no, yes
from peibu.training.enums import CohortStage
from peibu.training.models import CallbackTask, Cohort

DRAWING = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER)
CALLING = (*DRAWING, Role.HRSS_SUPERVISOR)
READING = (*CALLING, Role.INDUSTRY_SUPERVISOR, Role.CITY_BUREAU, Role.AUDITOR)
# From the confirmed filing to the archive; a cancelled class has nobody to ask.
ALIVE = frozenset({CohortStage.CONFIRMED, CohortStage.TAUGHT, CohortStage.EXAMINED, CohortStage.CERTIFIED})


def can_draw_callbacks(actor: Actor, cohort: Cohort) -> Verdict:
    """Publish the seed's fingerprint, draw, hand a call over: reviewer or approver of the class's district."""
    if actor.role not in DRAWING:
        return no("只有区（市）的审核岗或审批岗可以抽取电话回访名单")
    return yes() if actor.covers(cohort.division_id) else no("该班次不属于您所在的区（市）")


def can_call(actor: Actor, task: CallbackTask) -> Verdict:
    """Phone and record: the account the call was given to, while it is open and as long as it holds a calling role."""
    if actor.user is None or task.caller_id != actor.user.pk:
        return no("该回访已分派给其他工作人员")
    if actor.role not in CALLING or not actor.covers(task.division_id):
        return no("您当前的岗位不办理电话回访")
    return yes() if task.closed_at is None else no("该回访已经结束")


def phone_shown(actor: Actor, task: CallbackTask) -> str:
    """The number in full for whoever may call now, masked for everybody else; empty when none is registered."""
    number = task.enrolment.person.mobile or ""
    return number if can_call(actor, task) else mask_mobile(number)


def callers_for(cohort: Cohort, *, on: dt.date) -> QuerySet[User]:
    """The accounts that may be given calls of a class on a day: those with a post that day at the authorities that serve
    its division."""
    desk = cohort.division.desk
    posts = Assignment.objects.filter(role__in=CALLING, unit__division=desk).exclude(unit__kind="organisation")
    posts = posts.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on)
    return User.objects.filter(Q(assignments__in=posts), is_active=True).distinct().order_by("name", "username")


def classes_seen_by(actor: Actor) -> QuerySet[Cohort]:
    """The classes whose call-backs an officer may look at: those of the district, opened and not cancelled."""
    rows = Cohort.objects.exclude(stage__in=(CohortStage.FILING, CohortStage.CANCELLED))
    rows = rows.select_related("provider", "division", "case", "callbacks")
    if actor.role not in READING:
        return rows.none()
    return rows if actor.whole_city else rows.filter(division_id__in=actor.division_ids())
