"""The mark of a browser: tells one phone from another, whoever holds it."""

import hashlib
import secrets

from django.http import HttpRequest, HttpResponse

DEVICE_COOKIE = "pb_device"
A_YEAR = 365 * 24 * 3600  # seconds


def marked(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Give the browser its mark if it has none."""
    return answer if DEVICE_COOKIE in request.COOKIES else keep_mark(request, answer, new_mark()[0])


def mark_of(request: HttpRequest) -> str:
    """The mark as it is kept: never the cookie itself; empty for a browser without one."""
    return _kept(request.COOKIES.get(DEVICE_COOKIE, ""))


def new_mark() -> tuple[str, str]:
    """A fresh cookie and the mark it stands for, for an answer that already speaks of it."""
    device = secrets.token_urlsafe(18)
    return device, _kept(device)


def keep_mark(request: HttpRequest, answer: HttpResponse, device: str) -> HttpResponse:
    """Give the browser this mark."""
    answer.set_cookie(DEVICE_COOKIE, device, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def _kept(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:32] if device else ""
