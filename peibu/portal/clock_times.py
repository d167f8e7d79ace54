"""A time of day typed on a page about a session: it is of the session's day."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.kernel.errors import Refused
from peibu.training.models import Session


def moment_of(session: Session, clock: str, *, what: str) -> dt.datetime:
    """The moment of a clock time as HH:MM; `what` names the field in the refusal."""
    try:
        told = dt.time.fromisoformat(clock)
    except ValueError:
        sentence = _("没有填写%(what)s") % {"what": what}
        raise Refused(sentence, "no_time", _("请按“时:分”填写%(what)s") % {"what": what}) from None
    day = timezone.localdate(session.starts_at)
    return timezone.make_aware(dt.datetime.combine(day, told.replace(tzinfo=None)))
