"""The order of questions for every request: who acts, may they, may this request write."""

import pghistory
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from peibu.accounts import clock
from peibu.accounts.access import may_write
from peibu.accounts.actor import actor_of
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
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access is None or (access.demo_only and not settings.DEMO):
            raise Http404
        if request.method not in SAFE and not access.writes:
            return HttpResponse(status=405)
        if access.roles is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor is None or request.actor.role not in access.roles:
            return render(request, "theme/not_for_you.html", status=403)
        if request.method not in SAFE and not may_write(access, request.actor.role):
            return render(request, "theme/not_for_you.html", status=403)
        return None


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
