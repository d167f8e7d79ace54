"""The archive of a class: what is there, scanned papers, closing it, the package; anybody may check a package."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only, public
from peibu.accounts.enums import Role
from peibu.casework.enums import Purpose
from peibu.casework.models import Document, Progress
from peibu.casework.queries import documents_of
from peibu.intake.packages import PACKAGE, check_package
from peibu.kernel.errors import Refused
from peibu.oversight.actions.archive import keep_exam_paper, keep_performance_report, retention, start_archiving
from peibu.oversight.facts import archive_list, archive_parts
from peibu.oversight.permissions import classes_for
from peibu.oversight.queries import filed_classes, package_of, packages_for
from peibu.portal import own_exports
from peibu.theme.exports import excel_asked
from peibu.theme.views import bar_of
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort

MB = 1 << 20
LARGEST_PAPER = 20 * MB
UNPROCESSABLE = 422


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is cleaned by itself."""

    def clean(self, data, initial=None) -> list:
        files = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class PaperForm(forms.Form):
    """Scans of the written papers; several at once."""

    papers = FilesField(
        label=gettext_lazy("考核试卷扫描件"),
        help_text=gettext_lazy("PDF、JPG 或 PNG，每个不超过 20 MB；可一次选择多个。"),
        widget=ManyFiles(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["papers"].max_bytes = LARGEST_PAPER


class ReportForm(forms.Form):
    """The performance evaluation report, where the policy asks for one (WH63.2.8)."""

    report = forms.FileField(
        label=gettext_lazy("绩效评估报告"),
        help_text=gettext_lazy("PDF、JPG 或 PNG，不超过 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["report"].max_bytes = LARGEST_PAPER


class PackageForm(forms.Form):
    package = forms.FileField(
        label=gettext_lazy("培训档案包"),
        help_text=gettext_lazy("从“班次档案”下载的 .zip 文件，不超过 100 MB。"),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["package"].max_bytes = PACKAGE.file_bytes


@only(Role.PROVIDER)
def index(request: HttpRequest) -> HttpResponse:
    """My classes after their certificates: to be archived, late, archived."""
    rows = filed_classes(request.actor, on=request.today)
    if excel_asked(request):
        return own_exports.archive(request, rows)
    return render(request, "portal/archive/index.html", {"rows": rows})


def _cohort(request: HttpRequest, cohort_id: UUID) -> Cohort:
    return get_object_or_404(classes_for(request.actor), pk=cohort_id)


# part of the archive -> page on which it is completed, and what that page's address takes
PLACES = {
    "plan": ("plan-page", "plan_id"),
    "roster": ("class-people", "pk"),
    "sign_in": ("teaching-class", "pk"),
    "log": ("teaching-class", "pk"),
    "images": ("teaching-class", "pk"),
    "sign_up": ("class-people", "pk"),
    "attendance": ("teaching-class", "pk"),
    "lesson_notes": ("lesson-notes", "pk"),
}


def _place(cohort: Cohort, code: str) -> str:
    """Where a missing part is added; empty when there is no such page."""
    if code in ("papers", "performance_report"):
        return f"#{code}"
    name, attribute = PLACES.get(code, ("", "pk"))
    try:
        return reverse(name, args=[getattr(cohort, attribute)]) if name else ""
    except NoReverseMatch:
        return ""


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Every part of the archive of my class, the scans, and the package once it is closed."""
    return _page(request, _cohort(request, cohort_id), PaperForm())


def _page(
    request: HttpRequest, cohort: Cohort, form: PaperForm, status: int = 200, report_form: ReportForm | None = None
) -> HttpResponse:
    asked = archive_list(cohort)
    parts = [(part, _place(cohort, part.code)) for part in archive_parts(cohort, on=request.today)]
    package = packages_for(request.actor).filter(cohort=cohort).first()
    context = {
        "cohort": cohort,
        "clause": asked.clause if asked else "",
        "parts": parts,
        "missing": sum(not part.complete for part, _url in parts),
        "papers": documents_of(cohort.pk, Purpose.EXAM_PAPER),
        "package": package,
        "until": retention(cohort, on=request.today) if cohort.ends_on and asked else None,
        "certified": cohort.stage == CohortStage.CERTIFIED,
        "closed": cohort.stage == CohortStage.ARCHIVED,
        "form": form,
        "asks_report": any(part.code == "performance_report" for part, _url in parts),
        "asks_papers": any(part.code == "papers" for part, _url in parts),
        "reports": documents_of(cohort.pk, Purpose.PERFORMANCE_REPORT),
        "report_form": report_form or ReportForm(),
        "job": None if package else _job(request),
    }
    return render(request, "portal/archive/show.html", context, status=status)


def _job(request: HttpRequest) -> dict | None:
    """The bar of the job named in the address, when I started it."""
    try:
        asked = UUID(request.GET.get("job", ""))
    except ValueError:
        return None
    row = Progress.objects.filter(pk=asked, started_by=request.actor.user).first()
    return {"row": row, "job": bar_of(row), "problem": row.problem} if row else None


@only(Role.PROVIDER, writes=True)
def papers(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Keep scans of the written papers: each is judged by itself, all refusals are shown at once."""
    cohort = _cohort(request, cohort_id)
    if request.method != "POST":
        return redirect("class-archive", cohort_id=cohort.pk)
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, cohort, form, UNPROCESSABLE)
    kept = 0
    for file in form.cleaned_data["papers"]:
        try:
            keep_exam_paper(cohort=cohort, name=file.name, content=file.read(), by=request.actor, at=request.now)
            kept += 1
        except Refused as refused:
            form.add_error("papers", refused.sentence())
    if kept:
        messages.success(request, _("已保存%(n)s份试卷扫描件") % {"n": kept})
    if form.errors:
        return _page(request, cohort, form, UNPROCESSABLE)
    return redirect("class-archive", cohort_id=cohort.pk)


@only(Role.PROVIDER, writes=True)
def report(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Keep the performance evaluation report."""
    cohort = _cohort(request, cohort_id)
    if request.method != "POST":
        return redirect("class-archive", cohort_id=cohort.pk)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["report"]
        try:
            keep_performance_report(
                cohort=cohort, name=file.name, content=file.read(), by=request.actor, at=request.now
            )
        except Refused as refused:
            form.add_error("report", refused.sentence())
        else:
            messages.success(request, _("绩效评估报告已保存"))
            return redirect("class-archive", cohort_id=cohort.pk)
    return _page(request, cohort, PaperForm(), UNPROCESSABLE, form)


@only(Role.PROVIDER, writes=True)
def start(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Close the archive: the package is built in the job queue."""
    cohort = _cohort(request, cohort_id)
    if request.method != "POST":
        return redirect("class-archive", cohort_id=cohort.pk)
    bar = start_archiving(cohort=cohort, by=request.actor, at=request.now)
    return redirect(f"{reverse('class-archive', args=[cohort.pk])}?job={bar.pk}")


@only(Role.PROVIDER)
def package(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The package of my class as a download."""
    row = get_object_or_404(packages_for(request.actor), cohort_id=cohort_id)
    return _download(row.document)


def _download(document: Document) -> FileResponse:
    return FileResponse(document.file.open("rb"), as_attachment=True, filename=document.name)


@only(Role.PROVIDER)
def paper(request: HttpRequest, cohort_id: UUID, document_id: UUID) -> HttpResponse:
    """A scanned paper or a report of my class."""
    cohort = _cohort(request, cohort_id)
    rows = documents_of(cohort.pk, Purpose.EXAM_PAPER) | documents_of(cohort.pk, Purpose.PERFORMANCE_REPORT)
    return _download(get_object_or_404(rows, pk=document_id))


@public(writes=True)
def check(request: HttpRequest) -> HttpResponse:
    """Is a package intact, and is it one of ours? Read in a confined process; nothing is kept."""
    if request.method != "POST":
        return render(request, "portal/archive/check.html", {"form": PackageForm()})
    form = PackageForm(request.POST, request.FILES)
    context = {"form": form}
    if form.is_valid():
        file = form.cleaned_data["package"]
        try:
            if file.size > PACKAGE.file_bytes:
                raise Refused(_("文件超过 100 MB，不能在线核对"), "file_size", _("请在本机用 sha256sum 核对"))
            found = check_package(file.name, file.read())
            ours = package_of(found.root) if found.intact else None
            context |= {"found": found, "ours": ours, "name": file.name}
        except Refused as refused:
            form.add_error("package", refused.sentence())
    return render(request, "portal/archive/check.html", context, status=UNPROCESSABLE if form.errors else 200)
