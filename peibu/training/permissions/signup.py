"""Who may work on a sign-up."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.training.enums import SignUpState
from peibu.training.models import SignUp


def is_own(actor: Actor, signup: SignUp) -> Verdict:
    """Only the enterprise's own account."""
    if actor.role != Role.ENTERPRISE or actor.unit is None or actor.unit.pk != signup.enterprise_id:
        return no("该报名不属于您所在的单位")
    return yes()


def can_edit(actor: Actor, signup: SignUp) -> Verdict:
    """The own enterprise, while the sign-up is a draft."""
    own = is_own(actor, signup)
    if own and signup.state != SignUpState.DRAFT:
        return no(f"报名{SignUpState(signup.state).label}，不能再修改")
    return own
