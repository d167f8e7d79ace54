"""Who may work on a sign-up."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.enums import SignUpState
from peibu.training.models import SignUp

WAYS = {Role.ENTERPRISE: "enterprise", Role.PROVIDER: "institution"}


def may_enrol(actor: Actor, policy: str) -> Verdict:
    """May this actor enrol people under a policy: an enterprise its staff, an institution whom it recruits, where the
    document lets it (`delivery.enrols`)."""
    delivery = load_policy(policy).delivery
    if actor.unit is None or actor.role not in WAYS:
        return no("只能由企业或培训机构的经办人报名")
    if delivery is not None and WAYS[actor.role] not in delivery.enrols:
        return no("本政策不由培训机构报名，请由企业统一报名")
    return yes()


def is_own(actor: Actor, signup: SignUp) -> Verdict:
    """Only an account of the unit that enrols."""
    if actor.role not in WAYS or actor.unit is None or actor.unit.pk != signup.enterprise_id:
        return no("该报名不属于您所在的单位")
    return yes()


def can_edit(actor: Actor, signup: SignUp) -> Verdict:
    """The own enterprise, while the sign-up is a draft."""
    own = is_own(actor, signup)
    if own and signup.state != SignUpState.DRAFT:
        return no(f"报名{SignUpState(signup.state).label}，不能再修改")
    return own
