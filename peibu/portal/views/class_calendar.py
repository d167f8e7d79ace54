"""The calendar of one class: drag a session, copy a week, repeat a lesson; read-only once it is filed."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.forms_provider import lesson_choices
from peibu.portal.forms_timetable import CopyWeekForm, MoveForm, PatternForm
from peibu.portal.views.calendars import address_of, asked_page
from peibu.portal.views.provider_classes import editable, own_class
from peibu.training.actions.feeds import make_feed, revoke_feed
from peibu.training.actions.timetable import add_pattern, copy_week, move_session, sessions_of
from peibu.training.models import Cohort
from peibu.training.queries.clashes import clashes
from peibu.training.queries.feeds import own_feed

PATTERN = "pattern"


def _pattern_form(cohort: Cohort, data=None) -> PatternForm:
    return PatternForm(data, prefix=PATTERN, **lesson_choices(cohort.plan))


def _context(request: HttpRequest, cohort: Cohort, **more) -> dict:
    sessions = sessions_of(cohort)
    shown = asked_page(request, sessions)
    may = editable(cohort)
    context = shown | {
        "cohort": cohort,
        "sessions": sessions,
        "editable": may,
        "may_have_feed": True,
        "feed": own_feed(request.actor, cohort),
        "address_url": reverse("class-calendar-address", args=[cohort.pk]),
    }
    if may:
        context |= {
            "clashes": clashes(cohort, sessions),
            "move_form": MoveForm(cohort=cohort),
            "copy_form": CopyWeekForm(initial={"week": shown["calendar"].first}),
            "pattern_form": _pattern_form(cohort),
        }
    return context | more


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Week or month of the class."""
    return render(request, "portal/calendar/class.html", _context(request, own_class(request, cohort_id)))


def _back(cohort: Cohort, day) -> HttpResponse:
    return redirect(f"{reverse('class-calendar', args=[cohort.pk])}?{urlencode({'on': day.isoformat()})}")


def _wrong(request: HttpRequest, form: forms.Form) -> None:
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label or ''}：{''.join(texts)}".removeprefix("："))


@only(Role.PROVIDER, writes=True)
@require_POST
def shift(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Put a session at another time: dropped with the mouse, or typed."""
    cohort = own_class(request, cohort_id)
    form = MoveForm(request.POST, cohort=cohort)
    if not form.is_valid():
        _wrong(request, form)
        return redirect("class-calendar", cohort_id=cohort.pk)
    session, to = form.cleaned_data["session"], form.moment()
    try:
        move_session(cohort=cohort, session=session, to=to, by=request.actor, at=request.now)
    except Refused as refusal:
        messages.error(request, refusal.sentence())
    else:
        messages.success(request, _("已移动：%(subject)s") % {"subject": session.subject})
    return _back(cohort, form.cleaned_data["date"])


@only(Role.PROVIDER, writes=True)
@require_POST
def copy(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Copy the week shown to another week."""
    cohort = own_class(request, cohort_id)
    form = CopyWeekForm(request.POST)
    if not form.is_valid():
        _wrong(request, form)
        return redirect("class-calendar", cohort_id=cohort.pk)
    try:
        added = copy_week(cohort=cohort, by=request.actor, at=request.now, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, refusal.sentence())
        return _back(cohort, form.cleaned_data["week"])
    _told_added(request, added)
    return _back(cohort, form.cleaned_data["to"])


def _told_added(request: HttpRequest, added: int) -> None:
    messages.success(request, ngettext("已增加%(n)d节课。", "已增加%(n)d节课。", added) % {"n": added})


@only(Role.PROVIDER, writes=True)
@require_POST
def repeat(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Add a lesson on the same weekdays of several weeks."""
    cohort = own_class(request, cohort_id)
    form = _pattern_form(cohort, request.POST)
    if not form.is_valid():
        context = _context(request, cohort, pattern_form=form)
        return render(request, "portal/calendar/class.html", context, status=422)
    skip = form.cleaned_data["skip_holidays"]
    try:
        added = add_pattern(
            cohort=cohort, pattern=form.pattern(), skip_holidays=skip, by=request.actor, at=request.now
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence())
    else:
        _told_added(request, added)
    return _back(cohort, form.cleaned_data["date"])


@only(Role.PROVIDER, writes=True)
@require_POST
def address(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Make the secret address of the class's calendar, shown this once, or revoke it."""
    cohort = own_class(request, cohort_id)
    if request.POST.get("revoke"):
        revoke_feed(cohort=cohort, by=request.actor, at=request.now)
        messages.success(request, _("日历地址已作废。"))
        return redirect("class-calendar", cohort_id=cohort.pk)
    secret = make_feed(cohort=cohort, by=request.actor, at=request.now)
    context = _context(request, cohort, new_address=address_of(request, secret))
    return render(request, "portal/calendar/class.html", context)
