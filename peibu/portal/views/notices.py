"""Public notices: list, one notice with its lines, objections, proof of a line, printed result."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.casework.inclusion import checked
from peibu.casework.models import NoticeLine, PublicNotice
from peibu.casework.notices import (
    full_days,
    is_about_money,
    is_open,
    last_day,
    lines_by_text,
    notice_days,
    proof_of,
    public_notices,
    totals,
)
from peibu.casework.objections import raise_objection
from peibu.casework.reachability import days_lost, watched_from
from peibu.casework.results import result_pdf
from peibu.kernel.errors import Refused
from peibu.portal import list_exports
from peibu.portal.forms_claims import ObjectionForm, ProofForm
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

PAGE, LINES = 20, 50
ONE_DAY = dt.timedelta(days=1)


@public()
def index(request: HttpRequest) -> HttpResponse:
    """All notices, the open ones marked."""
    if excel_asked(request):
        return _unlisted(list_exports.notices(request, public_notices()))
    page = Paginator(public_notices(), PAGE).get_page(request.GET.get("page"))
    rows = [(notice, is_open(notice, on=request.today), notice.lines.count()) for notice in page]
    return _unlisted(render(request, "portal/notices/index.html", {"page": page, "rows": rows}))


def _notice(number: str) -> PublicNotice:
    return get_object_or_404(public_notices(), number=number)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Search engines do not keep lists of people (the page says so, and so does the answer)."""
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


@public()
def show(request: HttpRequest, number: str) -> HttpResponse:
    return _unlisted(_page(request, _notice(number), ObjectionForm()))


def _page(request: HttpRequest, notice: PublicNotice, form: ObjectionForm, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "")
    found = lines_by_text(notice, text)
    people, fen = totals(notice.lines.all())
    opened = is_open(notice, on=request.today)
    first = notice.lines.select_related("case").first()
    context = {
        "notice": notice,
        "opened": opened,
        "page": Paginator(found, LINES).get_page(request.GET.get("page")),
        "q": text,
        "people": people,
        "fen": fen,
        "days": notice_days(notice.policy, first.case.process, "notice", on=notice.opened_at.date()),
        "days_done": full_days(notice, on=request.today),
        "last_day": last_day(notice, on=request.today),
        "lost": days_lost(notice.policy, notice.opened_at.date(), min(notice.ends_on, request.today - ONE_DAY)),
        "watched": watched_from(),
        "money": is_about_money(notice),
        "policy": load_policy(notice.policy),
        "form": form,
        "settled": notice.objections.exclude(state="open").count(),
        "raised": notice.objections.count(),
    }
    return render(request, "portal/notices/show.html", context, status=status)


@public(writes=True)
def objection(request: HttpRequest, number: str) -> HttpResponse:
    """Take an objection; anybody may, named or not."""
    notice = _notice(number)
    if request.method != "POST":
        return redirect("notice", number=notice.number)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _unlisted(_page(request, notice, form, status=422))
    data = form.cleaned_data
    try:
        kept = raise_objection(
            notice=notice,
            line=_line(notice, data["line"]),
            text=data["text"],
            name=data["name"],
            contact=data["contact"],
            address=request.META.get("REMOTE_ADDR", ""),
            at=request.now,
        )
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _unlisted(_page(request, notice, form, status=422))
    told = _("异议已收到，受理编号%(number)s，核实期限%(due)s。核实期间暂停办理。")
    messages.success(request, told % {"number": kept.number, "due": _due(kept)})
    return redirect("notice", number=notice.number)


def _due(kept) -> str:
    kept.case.refresh_from_db()
    return kept.case.due_on.isoformat() if kept.case.due_on else "—"


def _line(notice: PublicNotice, position: int | None) -> NoticeLine | None:
    if position is None:
        return None
    line = notice.lines.filter(position=position).first()
    if line is None:
        raise Refused(f"名单中没有序号{position}", "no_such_line", "请核对公示名单中的序号；针对整个公示的不填")
    return line


@public()
def proof(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """What anybody needs to check one line against the published root."""
    notice = _notice(number)
    line = get_object_or_404(notice.lines, position=position)
    answer = JsonResponse(proof_of(line), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{number}-{position}.json"'
    return _unlisted(answer)


@public(writes=True)
def check(request: HttpRequest) -> HttpResponse:
    """Anybody checks a kept proof against what was published: nothing is stored."""
    form = ProofForm(request.POST or None, request.FILES or None)
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            told = checked(form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence())
    status = 422 if form.errors else 200
    return _unlisted(render(request, "portal/notices/check.html", {"form": form, "told": told}, status=status))


@public()
def result(request: HttpRequest, number: str) -> HttpResponse:
    """The printed result after the period is over."""
    notice = _notice(number)
    if notice.taken_down_at or is_open(notice, on=request.today) or not is_about_money(notice):
        raise Http404
    answer = HttpResponse(result_pdf(notice, on=request.today), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return _unlisted(answer)
