"""Anybody may check a certificate by number and check code; a guess learns nothing.

Attempts that find nothing are counted per network address in the process's cache (a GET never writes to the
database): after `TRIES` of them within `WINDOW` seconds the address has to wait. Several server processes each count
for themselves, so the true limit is TRIES times their number; with 48 bits in the code that leaves guessing hopeless.
"""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peibu.accounts.access import public
from peibu.portal.exam_forms import VerifyForm
from peibu.rulebook import load_policy
from peibu.training.queries.certificates import find_certificate, is_valid

TRIES = 10
WINDOW = 600


@public()
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and its answer."""
    asked = "serial" in request.GET
    form = VerifyForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return _answer(request, form)
    return _look_up(request, form, form.cleaned_data["serial"], form.cleaned_data["c"])


@public()
def by_link(request: HttpRequest, serial: str) -> HttpResponse:
    """What the QR code on the certificate leads to."""
    form = VerifyForm(initial={"serial": serial})
    code = request.GET.get("c", "")
    return _look_up(request, form, serial, code) if code else _answer(request, form)


def _look_up(request: HttpRequest, form: VerifyForm, serial: str, code: str) -> HttpResponse:
    key = f"verify:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(key, 0) >= TRIES:
        return _answer(request, form, 429, locked=True)
    found = find_certificate(serial[:60], code[:30])
    if found is None:
        cache.add(key, 0, WINDOW)
        cache.incr(key)
        return _answer(request, form, missing=True)
    card = load_policy(found.batch.cohort.policy).card
    title = card["certificate"]["title"]
    return _answer(request, form, found=found, valid=is_valid(found), title=title, course=_course(found, card))


def _course(found, card) -> str:
    return found.batch.cohort.plan.project_name or card["short_title"]


def _answer(request: HttpRequest, form: VerifyForm, status: int = 200, **told) -> HttpResponse:
    response = render(request, "portal/certificates/verify.html", {"form": form, **told}, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
