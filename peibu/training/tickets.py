"""Tickets: what a phone fetches while it has a network, so that a scan made without one can be placed in time (ADR 0023).

A ticket is signed by the server and names the account, the phone's mark and the server's time. It is not kept, so that
fetching one is a GET; the phone sends it back with the scan.
"""

import datetime as dt
import secrets

from django.core import signing

from peibu.accounts.actor import Actor

SALT = "peibu.training.tickets"


def new_ticket(*, by: Actor, device: str, at: dt.datetime) -> str:
    """A ticket of this account on this phone, from now on."""
    told = {"user": str(by.user.pk), "device": device, "at": at.timestamp(), "nonce": secrets.token_urlsafe(9)}
    return signing.dumps(told, salt=SALT)


def issued_at(ticket: str, *, by: Actor, device: str) -> dt.datetime | None:
    """When the server gave this ticket to this account on this phone; None for anything else."""
    try:
        told = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        return None
    if not device or (told["user"], told["device"]) != (str(by.user.pk), device):
        return None
    return dt.datetime.fromtimestamp(told["at"], dt.UTC)
