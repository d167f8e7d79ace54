"""Platforms that send learning records: their keys, what they sent, what could not be taken."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Scope
from peibu.accounts.models import PlatformKey
from peibu.desk.platform_forms import KeyForm
from peibu.kernel.errors import Refused
from peibu.learning.queries.overview import activity_of, failures_of
from peibu.learning.reports.kinds import TITLES
from peibu.programmes.platform_keys import ISSUERS, READERS, issue_key, listed_platforms, revoke_key

SHOWN = 50
UNPROCESSABLE = 422


@only(*READERS, writes=True)
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """All platforms with their keys; the bureau finds the form. A new secret is on the answer to the form, once."""
    platforms = listed_platforms(on=request.today)
    issuer = request.actor.role in ISSUERS
    form = KeyForm(platforms, request.POST or None, on=request.today) if issuer else None
    made = None
    if request.method == "POST":
        if form is None:
            return render(request, "theme/not_for_you.html", status=403)
        made = _made(request, form)
        form = KeyForm(platforms, on=request.today) if made else form
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return render(
        request,
        "desk/platforms/index.html",
        _context(request, platforms) | {"form": form, "made": made},
        status=status,
    )


def _made(request: HttpRequest, form: KeyForm) -> dict | None:
    if not form.is_valid():
        return None
    try:
        key, secret = issue_key(**form.cleaned_data, by=request.actor, at=request.now)
    except Refused as refused:
        form.add_error(None, refused.sentence())
        return None
    return {"key": key, "secret": secret}


def _context(request: HttpRequest, platforms) -> dict:
    keys = list(
        PlatformKey.objects.select_related("unit", "issued_by", "revoked_by").order_by("unit__name", "-issued_at")
    )
    units = {row.pk: row for row in platforms} | {key.unit_id: key.unit for key in keys}
    told = activity_of(list(units), at=request.now)
    failures = failures_of(list(units), most=SHOWN)
    listed = {row.pk for row in platforms}
    return {
        "units": [{"unit": unit, **told[pk]} for pk, unit in units.items()],
        "keys": [{"key": key, "state": _state(key, request, listed), "scopes": _scopes(key)} for key in keys],
        "failures": [{"row": row, "unit": units[row.tenant], "kind": TITLES[row.kind]} for row in failures],
        "addresses": {
            "xAPI 2.0": f"{settings.BASE_URL}/api/xapi/",
            "xAPI 1.0.3": f"{settings.BASE_URL}/api/xapi/1.0/",
            _("简易接口"): f"{settings.BASE_URL}/api/intake/",
        },
    }


def _scopes(key: PlatformKey) -> list[str]:
    return [str(Scope(code).label) for code in key.scopes]


def _state(key: PlatformKey, request: HttpRequest, listed: set[UUID]) -> tuple[str, str]:
    """Colour and word. A key goes on working when its platform leaves the list; the bureau sees it here and decides."""
    if key.revoked_at:
        return "red", _("已吊销")
    if key.expires_on < request.today:
        return "grey", _("已过期")
    return ("green", _("有效")) if key.unit_id in listed else ("orange", _("平台不在名单，密钥仍有效"))


@only(*ISSUERS, writes=True)
@require_POST
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Take a key back."""
    key = get_object_or_404(PlatformKey, pk=key_id)
    revoke_key(key=key, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    messages.success(request, _("密钥已吊销，立即生效。"))
    return redirect("desk-platforms")
