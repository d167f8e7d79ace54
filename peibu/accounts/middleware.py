"""The order of questions for every request: who acts, may they, may this request write."""

from collections.abc import Mapping

import pghistory
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.accounts import clock
from peibu.accounts.access import Access, may_write
from peibu.accounts.actor import actor_of
from peibu.accounts.platforms import note_use, platform_of
from peibu.kernel.errors import PeibuError

SAFE = ("GET", "HEAD", "OPTIONS")


class ActorMiddleware:
    """Puts `request.now`, `request.today` and `request.actor` on the request, and the actor on every history row."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Plain values, not lazy ones: dates cannot be subtracted from a lazy object and psycopg cannot adapt it.
        request.now = clock.now()
        request.today = timezone.localdate(request.now)
        request.actor = None
        if request.user.is_authenticated:
            request.actor = actor_of(request.user, on=request.today, chosen=request.session.get("assignment", ""))
        if request.method in SAFE or request.actor is None:
            return self.get_response(request)
        actor = request.actor
        with pghistory.context(user=str(actor.user.pk), role=str(actor.role), url=request.path):
            return self.get_response(request)


class AccessMiddleware:
    """Closed by default: a view without a declaration, or not open to this role, answers as if it did not exist."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        used = getattr(request, "platform_key_used", None)
        if used:  # after the answer, outside the read-only transaction: about the key, not about what was asked
            note_use(used, at=request.now)
        return answer

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access is None or (access.demo_only and not settings.DEMO):
            raise Http404
        if access.scopes is not None:
            return _admit(request, access.scopes)
        if request.method not in SAFE and not access.writes:
            return HttpResponse(status=405)
        return None if access.roles is None else self._person(request, access)

    def _person(self, request: HttpRequest, access: Access) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor is None or request.actor.role not in access.roles:
            return render(request, "theme/not_for_you.html", status=403)
        if request.method not in SAFE and not may_write(access, request.actor.role):
            return render(request, "theme/not_for_you.html", status=403)
        return None


def _admit(request: HttpRequest, scopes: Mapping[str, tuple[str, ...]]) -> HttpResponse | None:
    """Let a platform's programme in, or say why not: no valid key 401, a method nobody may use 405, no scope 403.

    `request.shift`: how far the demo's clock is ahead, for records that the database stamps itself.
    """
    request.shift = clock.shift()
    request.platform = platform_of(request, at=request.now, on=request.today)
    if request.platform is None:
        answer = _told(
            401, _("没有有效的平台密钥"), _("请用主管部门签发、未过期且未吊销的密钥，以 HTTP Basic 方式发送。")
        )
        answer["WWW-Authenticate"] = 'Basic realm="peibu", charset="UTF-8"'
        return answer
    if request.method not in scopes:
        return _told(405, _("该地址不接受这种请求方法"), _("请核对接口文档。"))
    if not request.platform.may(*scopes[request.method]):
        return _told(403, _("密钥没有这项权限"), _("请向主管部门申请包含该权限范围的密钥。"))
    return None


def _told(status: int, why: str, todo: str) -> HttpResponse:
    return JsonResponse({"error": why, "todo": todo}, status=status, json_dumps_params={"ensure_ascii": False})


class RefusalMiddleware:
    """A refusal of the domain becomes a sentence on the page the person came from, never a crash."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PeibuError):
            return None
        if request.method in SAFE or request.htmx:
            return render(request, "theme/refused.html", {"refusal": exception}, status=409)
        messages.error(request, exception.sentence())
        back = request.META.get("HTTP_REFERER") or "/"
        return redirect(back)


class ReadOnlyGetMiddleware:
    """GET never writes: safe requests run in a transaction that PostgreSQL itself keeps read-only."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return self.get_response(request)
