"""The mark of a browser: tells one phone from another, whoever holds it."""

import hashlib
import secrets

from django.http import HttpRequest, HttpResponse

DEVICE_COOKIE = "pb_device"
A_YEAR = 365 * 24 * 3600  # seconds


def marked(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Give the browser its mark if it has none."""
    if DEVICE_COOKIE not in request.COOKIES:
        answer.set_cookie(
            DEVICE_COOKIE, secrets.token_urlsafe(18), max_age=A_YEAR, httponly=True, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip
    return answer


def mark_of(request: HttpRequest) -> str:
    """The mark as it is kept: never the cookie itself; empty for a browser without one."""
    device = request.COOKIES.get(DEVICE_COOKIE, "")
    return hashlib.sha256(device.encode()).hexdigest()[:32] if device else ""
