"""Catalogues from the bureau's side: a file comes in, is compared with what holds, and takes effect on its day."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from peibu.accounts.access import officers, only
from peibu.catalogue.actions.editions import drop_edition, put_in_force, receive_edition
from peibu.catalogue.enums import IMPORTED, CatalogueKind, EditionState, Level
from peibu.catalogue.files import TITLES, edition_spec
from peibu.catalogue.models import Edition
from peibu.catalogue.permissions import PUBLISHERS, divisions_of
from peibu.catalogue.queries.editions import changes_of, editions
from peibu.catalogue.queries.entries import standing
from peibu.desk.catalogue_forms import EditionForm
from peibu.intake import write_problems, write_template
from peibu.kernel.errors import Problem, Refused
from peibu.papers.office_tables import Column
from peibu.theme.exports import XLSX, excel, excel_asked

SHOWN = 200
HISTORY = 10


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Every catalogue with its versions; whoever publishes finds the form."""
    return _page(request)


def _page(request: HttpRequest, form: EditionForm | None = None, status: int = 200) -> HttpResponse:
    own = divisions_of(request.actor)
    if excel_asked(request):
        return _history(request)
    sheets = [
        {"kind": kind, "editions": editions(kind)[:HISTORY], "entries": standing(kind, on=request.today).count()}
        for kind in IMPORTED
    ]
    context = {"sheets": sheets, "form": form or (EditionForm(own) if own else None)}
    return render(request, "desk/catalogues/index.html", context, status=status)


def _history(request: HttpRequest) -> HttpResponse:
    columns = [
        Column("目录", width=26), Column("标题", width=30), Column("适用地区"), Column("生效日期", "date"),
        Column("依据", width=28), Column("状态"), Column("条数", "count", summed=False),
    ]  # fmt: skip
    rows = [row for kind in IMPORTED for row in editions(kind)]
    return excel(request, "目录版本一览表", columns, rows, lambda row: [
        row.get_kind_display(), row.title, row.division.name, row.effective_from, row.source, row.get_state_display(),
        row.total,
    ])  # fmt: skip


@only(*PUBLISHERS, writes=True)
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a file in."""
    if request.method != "POST":
        return redirect("desk-catalogues")
    form = EditionForm(divisions_of(request.actor), request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, 422)
    told = dict(form.cleaned_data)
    file = told.pop("file")
    try:
        edition = receive_edition(**told, name=file.name, content=file.read(), by=request.actor, at=request.now)
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _page(request, form, 422)
    return redirect("desk-catalogue-edition", edition_id=edition.pk)


@officers()
def show(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """One version: how far the reading is, what is wrong, or what it changes."""
    edition = _edition(edition_id)
    may = edition.division_id in {row.pk for row in divisions_of(request.actor)}
    context = {"edition": edition, "may": may, "job": _bar(edition), "shown": SHOWN}
    if edition.state == EditionState.WRONG:
        context["problems"] = [Problem(**row) for row in edition.problems]
    if edition.state == EditionState.PROPOSED:
        told = changes_of(edition)
        for row in told.added:
            row["level_label"] = Level(row["level"]).label
        context["changes"] = told
    if edition.state == EditionState.IN_FORCE:
        context |= {"opened": edition.entries.count(), "ended": edition.ended.count()}
    return render(request, "desk/catalogues/edition.html", context)


def _edition(edition_id: UUID) -> Edition:
    return get_object_or_404(Edition.objects.select_related("division", "uploaded_by", "decided_by"), pk=edition_id)


def _bar(edition: Edition) -> dict | None:
    if edition.state != EditionState.READING:
        return None
    percent = 100 * edition.done // edition.total if edition.total else 0
    note = _("正在读取文件并逐行核对，可以离开本页，稍后回来查看。")
    return {"id": edition.pk, "label": edition.file_name, "percent": percent, "note": note, "done": False}


@officers()
def job(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The bar, asked every second; when the file is read the page is shown anew."""
    edition = _edition(edition_id)
    if edition.state != EditionState.READING:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "desk/catalogues/_job.html", {"job": _bar(edition), "edition": edition})


@only(*PUBLISHERS, writes=True)
def decide(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Let a version take effect, or give it up."""
    edition = _edition(edition_id)
    if request.method == "POST":
        try:
            if request.POST.get("deed") == "drop":
                drop_edition(edition=edition, by=request.actor, at=request.now)
                messages.success(request, _("已放弃该版本。"))
            else:
                put_in_force(edition=edition, by=request.actor, at=request.now)
                messages.success(request, _("已发布，自生效日期起按新目录执行。"))
        except Refused as refusal:
            messages.error(request, refusal.sentence())
    return redirect("desk-catalogue-edition", edition_id=edition.pk)


@officers()
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The table to fill in."""
    if kind not in IMPORTED:
        raise Http404
    title = TITLES[CatalogueKind(kind)]
    return _file(write_template(edition_spec(kind)), f"{title}模板.xlsx")


@officers()
def problems(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """What was wrong with the file, beside the rows as they were typed."""
    edition = _edition(edition_id)
    if not edition.problems:
        raise Http404
    rows = {int(number): row for number, row in edition.wrong_rows.items()}
    return _file(write_problems(rows, [Problem(**row) for row in edition.problems]), _("目录文件问题清单.xlsx"))


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer
