"""From when a sign-in may be open and how long a code lives: the policy's own numbers, or the house's."""

import dataclasses
import datetime as dt

from django.utils import timezone

from peibu.rulebook import NotInForce, load_policy
from peibu.training.models import Session

# The document wants a sign-in book (QD97.6.2) and says nothing of its technique. These two are the house's working
# settings; a policy folder that sets the parameters below overrides them.
HOUSE = {"check_in_minutes_before": 30, "check_in_code_seconds": 15}


@dataclasses.dataclass(frozen=True)
class CheckInTerms:
    """`opens_before`: how long before the session a sign-in may open; `code_seconds`: length of a code's slot."""

    opens_before: dt.timedelta
    code_seconds: int


def terms_of(session: Session) -> CheckInTerms:
    """The terms on the day of the session."""
    policy, on = session.cohort.policy, timezone.localdate(session.starts_at)
    return CheckInTerms(
        opens_before=dt.timedelta(minutes=_number(policy, "check_in_minutes_before", on)),
        code_seconds=_number(policy, "check_in_code_seconds", on),
    )


def window_of(session: Session) -> tuple[dt.datetime, dt.datetime]:
    """First and last instant at which people may sign in by code."""
    return session.starts_at - terms_of(session).opens_before, session.ends_at


def _number(policy: str, name: str, on: dt.date) -> int:
    try:
        return int(load_policy(policy).value(name, on=on))
    except (KeyError, NotInForce):
        return HOUSE[name]
