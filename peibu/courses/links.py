"""Signed, short-lived links to files of courses: good for one person, one file, until a moment."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.core import signing

from peibu.accounts.actor import Actor
from peibu.courses.models import Media

SALT = "peibu.courses.links"
SHORTEST = dt.timedelta(minutes=15)


@dataclasses.dataclass(frozen=True)
class Grant:
    """What a link opens: a file, or (with `caption`) its captions in a language."""

    media: UUID
    caption: str


def sign_link(media: Media, *, by: Actor, at: dt.datetime, caption: str = "") -> str:
    """A token for the signed-in person. A video's lasts twice its length, so that pauses do not break it."""
    lasts = max(SHORTEST, 2 * dt.timedelta(milliseconds=media.milliseconds or 0))
    told = {"m": str(media.pk), "u": str(by.user.pk), "x": int((at + lasts).timestamp()), "c": caption}
    return signing.Signer(salt=SALT).sign_object(told, compress=False)


def read_link(token: str, *, by: Actor, at: dt.datetime) -> Grant | None:
    """What a token opens for this person now; None when it was made up, is another's, or is over."""
    try:
        told = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    if told["u"] != str(by.user.pk) or told["x"] < at.timestamp():
        return None
    return Grant(UUID(told["m"]), told["c"])
