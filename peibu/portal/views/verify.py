"""Anybody may check a certificate, by number and check code or by its file; a guess learns nothing.

Attempts that find nothing are counted per network address in the process's cache (a GET never writes to the
database): after `TRIES` of them within `WINDOW` seconds the address has to wait. Several server processes each count
for themselves, so the true limit is TRIES times their number; with 48 bits in the code that leaves guessing hopeless.
"""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from peibu.accounts.access import public
from peibu.portal.exam_forms import VerifyFileForm, VerifyForm
from peibu.rulebook import load_policy
from peibu.training.models import CertificateBatch
from peibu.training.queries.certificates import find_certificate, is_valid
from peibu.training.queries.sealed_files import FileVerdict, file_of, judge_file

TRIES = 10
FILES = 30
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
    key = _counter(request, "number")
    if cache.get(key, 0) >= TRIES:
        return _answer(request, form, 429, locked=True)
    found = find_certificate(serial[:60], code[:30])
    if found is None:
        _count(key)
        return _answer(request, form, missing=True)
    card = load_policy(found.batch.cohort.policy).card
    told = {"title": card["certificate"]["title"], "course": _course(found.batch, card), "file": file_of(found)}
    return _answer(request, form, found=found, valid=is_valid(found), **told)


@public(writes=True)
def by_file(request: HttpRequest) -> HttpResponse:
    """The verdict on a dropped file. Every one is counted, for each costs a check of its signature."""
    if request.method != "POST":
        return redirect("verify")
    key = _counter(request, "file")
    if cache.get(key, 0) >= FILES:
        return _answer(request, VerifyForm(), 429, locked=True)
    form = VerifyFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, VerifyForm(), 422, file_form=form)
    _count(key)
    verdict = judge_file(form.cleaned_data["file"])
    return _answer(request, VerifyForm(), verdict=verdict, **_told(verdict))


def _told(verdict: FileVerdict) -> dict:
    """What the public may know of a registered file."""
    if verdict.file is None:
        return {}
    card = load_policy(verdict.file.batch.cohort.policy).card
    return {"title": card["certificate"]["title"], "course": _course(verdict.file.batch, card)}


def _course(batch: CertificateBatch, card: dict) -> str:
    return batch.cohort.plan.project_name or card["short_title"]


def _counter(request: HttpRequest, what: str) -> str:
    return f"verify:{what}:{request.META.get('REMOTE_ADDR', '')}"


def _count(key: str) -> None:
    cache.add(key, 0, WINDOW)
    cache.incr(key)


def _answer(request: HttpRequest, form: VerifyForm, status: int = 200, **told) -> HttpResponse:
    context = {"form": form, "file_form": VerifyFileForm(), **told}
    response = render(request, "portal/certificates/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
