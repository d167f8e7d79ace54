"""Sign-in and out, role, language, running jobs, and the page that sends everybody to their own start."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.i18n import set_language as django_set_language

from peibu.accounts.access import public, signed_in
from peibu.accounts.actor import assignments_of
from peibu.accounts.enums import Role
from peibu.casework.models import Progress
from peibu.theme import menu
from peibu.theme.forms import SignInForm


def demo_cards() -> list[dict[str, str]]:
    """One account per role for the sign-in page; empty outside demo mode or without a demo city.

    The settings name a function that returns (role label, name, username, password, note) rows: this room may not
    import the demo, which stands above it.
    """
    path = getattr(settings, "PEIBU_DEMO_ACCOUNTS", "")
    if not settings.DEMO or not path:
        return []
    names = ("role", "name", "username", "password", "note")
    return [dict(zip(names, row, strict=True)) for row in import_string(path)()]


class SignIn(LoginView):
    """Sign in; a foreign `next` is ignored. In demo mode one click signs in as any role."""

    template_name = "theme/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "cards": demo_cards()}


sign_in = public(writes=True)(SignIn.as_view())


@public(writes=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; only by POST, so that no link can sign anybody out."""
    if request.method != "POST":
        return redirect("sign-in")
    trainee = request.actor is not None and request.actor.role == Role.TRAINEE
    logout(request)
    messages.success(request, _("您已退出登录。"))
    answer = redirect(menu.first_address("home", "sign-in"))
    if trainee:  # only a trainee's pages keep anything on the phone; it goes with the account (timetable, worker)
        answer["Clear-Site-Data"] = '"storage"'
    return answer


@signed_in(writes=True)
def switch_role(request: HttpRequest) -> HttpResponse:
    """Act in another of my own assignments from now on."""
    held = {str(row.id): row for row in assignments_of(request.user, on=request.today)}
    chosen = held.get(request.POST.get("assignment", ""))
    if chosen is None:
        messages.error(request, _("您没有这个岗位，或任期已过。"))
        return redirect("my-desk")
    request.session["assignment"] = str(chosen.id)
    messages.success(request, _("现在的岗位：%(post)s") % {"post": chosen.get_role_display()})
    return redirect("my-desk")


@public(writes=True)
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, kept in a cookie; a foreign `next` is ignored."""
    return django_set_language(request)


@signed_in()
def my_desk(request: HttpRequest) -> HttpResponse:
    """To the start page of my role; a simple personal page while that role has none."""
    start = menu.address(menu.START[request.actor.role])
    if start:
        return redirect(start)
    return render(request, "theme/my_desk.html", {"held": assignments_of(request.user, on=request.today)})


@signed_in()
def progress(request: HttpRequest, progress_id: UUID) -> HttpResponse:
    """The bar of a job I started, asked every second; when the work is done the page with its result opens."""
    row = get_object_or_404(Progress, pk=progress_id, started_by=request.actor.user)
    answer = render(request, "theme/progress.html", {"job": bar_of(row), "problem": row.problem, "row": row})
    if row.finished and row.result_url:
        answer["HX-Redirect"] = row.result_url
    return answer


def bar_of(row: Progress) -> dict:
    """A progress row in the words of the `job_progress` component."""
    done = row.finished and not row.problem
    percent = 100 if done else min(99, 100 * row.done // max(row.total, 1))
    note = _("已完成") if done else _("正在处理，请稍候；离开本页不影响处理")
    return {"id": row.pk, "label": row.title, "percent": percent, "note": note, "done": row.finished}


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """The address in `next` when it is one of ours, else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return otherwise
