"""Which version a request speaks, and the moment a text stands for."""

import datetime as dt

from django.http import HttpRequest

from peibu.learning.statement.errors import Invalid

HEADER = "X-Experience-API-Version"
LATEST = {"1": "1.0.3", "2": "2.0.0"}
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


def spoken(request: HttpRequest) -> str | None:
    """ "1" or "2"; None when the header is missing or names no version that is spoken here."""
    told = request.headers.get(HEADER, "")
    if told in ("1.0", "2.0") or told.startswith(("1.0.", "2.0.")):
        return told[0]
    return None


def required(request: HttpRequest) -> str:
    version = spoken(request)
    if version is None:
        raise Invalid(HEADER, "缺少版本号，或不是 1.0.x、2.0.x", "请在头部写明 1.0.3 或 2.0.0。")
    return version


def stamp(moment: dt.datetime) -> str:
    """A moment as xAPI writes it, in UTC."""
    return moment.astimezone(dt.UTC).strftime(STAMP)
