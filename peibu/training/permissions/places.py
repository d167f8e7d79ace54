"""Who may work on open enrolment and applications for places."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import EDITABLE_STATES
from peibu.training.models import Cohort, OpenEnrolment, PlaceApplication


def can_open(actor: Actor, cohort: Cohort) -> Verdict:
    """The own provider, before the class is filed, where the policy lets trainees enrol themselves."""
    if actor.role != Role.PROVIDER or actor.unit is None or cohort.provider_id != actor.unit.pk:
        return no("该班次不属于您所在的单位")
    if "trainee" not in load_policy(cohort.policy).delivery.enrols:
        return no("本政策的学员由企业统一报名，不接受个人报名")
    if cohort.case.state not in EDITABLE_STATES:
        return no("班次已提交备案，不能再接受个人报名")
    return yes()


def is_open(opening: OpenEnrolment | None, *, at: dt.datetime) -> Verdict:
    """Are applications taken now?"""
    if opening is None or opening.closed_at is not None:
        return no("本班没有开放个人报名")
    if timezone.localdate(at) > opening.closes_on:
        return no(f"本班报名已于{opening.closes_on}截止")
    if opening.cohort.case.state not in EDITABLE_STATES:
        return no("本班已提交备案，不再接受报名")
    return yes()


def is_own(actor: Actor, application: PlaceApplication) -> Verdict:
    """Only the applicant."""
    if actor.role != Role.TRAINEE or not actor.person_key or application.person.key != actor.person_key:
        return no("只能办理本人的报名")
    return yes()
