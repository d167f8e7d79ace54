"""A qualification together with the scan it was read from."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.certificate_evidence import keep_scan
from peibu.casework.refusals import refusing
from peibu.registry.models import Qualification
from peibu.registry.practitioners import qualify


def qualify_with_scan(*, name: str, content: bytes, by: Actor, at: dt.datetime, **told) -> Qualification:
    """`registry.practitioners.qualify`, and the scan kept with it; nothing is kept when either is refused.

    Refused besides: a file that is neither PDF nor picture.
    """
    with refusing():
        row = qualify(**told, by=by, at=at)
        if content:
            keep_scan(row.pk, name, content, by, at)
        return row
