"""Who may archive a class, conclude a finding, look at a class as a whole."""

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.oversight.models import Finding
from peibu.training.models import Cohort

CONCLUDERS = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER)
READERS = (
    Role.AGENCY_REVIEWER,
    Role.HRSS_APPROVER,
    Role.HRSS_SUPERVISOR,
    Role.INDUSTRY_SUPERVISOR,
    Role.CITY_BUREAU,
    Role.AUDITOR,
)


def can_archive(actor: Actor, cohort: Cohort) -> Verdict:
    """Complete and close the archive: the provider of the class (QD97.6.2)."""
    if actor.role == Role.PROVIDER and actor.unit is not None and actor.unit.pk == cohort.provider_id:
        return yes()
    return no("只有本班的培训承接单位经办人可以整理和归档")


def can_conclude(actor: Actor, finding: Finding) -> Verdict:
    """Say what a finding was: reviewer or approver of its district; whoever only looks never decides."""
    if actor.role not in CONCLUDERS:
        return no("您的岗位只能查看线索，不能作结论")
    return yes() if actor.covers(finding.division_id) else no("该线索不属于您所在的区（市）")


def classes_for(actor: Actor) -> QuerySet[Cohort]:
    """Classes whose whole file an actor may open: a provider its own, officers their district's."""
    rows = Cohort.objects.select_related("provider", "plan", "division", "case__agency")
    if actor.role == Role.PROVIDER and actor.unit is not None:
        return rows.filter(provider=actor.unit)
    if actor.role not in READERS:
        return rows.none()
    return rows if actor.whole_city else rows.filter(division_id__in=actor.division_ids())
