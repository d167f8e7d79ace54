"""Guard of the opening filing: no class is filed whose teachers, rooms or trainees are taken elsewhere (QD97.3.3)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.queries.clashes import clashes


@guard("class_filing", "submit", "resubmit")
def nothing_clashes(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Every clash at once. A teacher's is left to the policy where it has the rule and says it first."""
    sessions = list(case.cohort.sessions.select_related("teacher", "room__venue").order_by("starts_at"))
    ruled = "teacher_double_bookings" in load_policy(case.policy).fact_specs
    found = [problem for problem in clashes(case.cohort, sessions) if not (ruled and problem.column == "教师")]
    return no("；".join(problem.sentence() for problem in found)) if found else yes()
