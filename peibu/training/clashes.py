"""Guard of the opening filing: no class is filed whose teachers, rooms or trainees are taken elsewhere (QD97.3.3)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.kernel.verdict import Verdict, no, yes
from peibu.training.queries.clashes import clashes


@guard("class_filing", "submit", "resubmit")
def nothing_clashes(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Every clash at once; a teacher's is also a rule of the policy, which says it first."""
    sessions = list(case.cohort.sessions.select_related("teacher", "room__venue").order_by("starts_at"))
    found = [problem for problem in clashes(case.cohort, sessions) if problem.column != "教师"]
    return no("；".join(problem.sentence() for problem in found)) if found else yes()
