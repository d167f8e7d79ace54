"""The random mark of a phone: a cookie, of which only a hash leaves this file. The teacher sees when one phone signs in for
several people, and a ticket is good only on the phone that fetched it."""

import hashlib
import secrets

from django.http import HttpRequest, HttpResponse

from peibu.training.queries.classrooms import enrolments_of

DEVICE_COOKIE = "pb_device"
A_YEAR = 365 * 24 * 3600


def mark_of(request: HttpRequest) -> str:
    """The mark of the phone that asks; empty before it has one."""
    return _hashed(request.COOKIES.get(DEVICE_COOKIE, ""))


def new_mark() -> tuple[str, str]:
    """A fresh cookie value and its mark."""
    value = secrets.token_urlsafe(18)
    return value, _hashed(value)


def keep_mark(request: HttpRequest, answer: HttpResponse, value: str) -> HttpResponse:
    """Give the phone its mark with an answer."""
    answer.set_cookie(DEVICE_COOKIE, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def marked(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, with a mark for a trainee's phone that has none yet."""
    if DEVICE_COOKIE not in request.COOKIES and enrolments_of(request.actor).exists():
        keep_mark(request, answer, new_mark()[0])
    return answer


def _hashed(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32] if value else ""
