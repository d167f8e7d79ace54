"""Certificates: reported by the provider, fetched by whom they concern."""

import zipfile
from tempfile import SpooledTemporaryFile
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only, signed_in
from peibu.accounts.enums import Role
from peibu.casework.models import Document, Progress
from peibu.casework.queries import possible_moves, state_label, timeline
from peibu.kernel.errors import Refused
from peibu.kernel.packages import file_name
from peibu.portal import list_exports, own_exports
from peibu.theme.exports import excel_asked
from peibu.training.actions.certificates import judge_batch, report_passed, start_book
from peibu.training.enums import CohortStage
from peibu.training.models import CertificateBatch, Cohort
from peibu.training.permissions.exam import certificates_of, cohorts_of
from peibu.training.queries.certificates import batch_lines, book_of, logs_of
from peibu.training.queries.exams import exam_day, photos_of_class
from peibu.training.queries.sealed_files import file_of, files_of

IN_MEMORY = 16 << 20  # bytes of a zip before it goes to disk
AFTER_EXAM = (CohortStage.EXAMINED, CohortStage.CERTIFIED, CohortStage.ARCHIVED)


@only(Role.PROVIDER)
def index(request: HttpRequest) -> HttpResponse:
    """My examined classes and their batches."""
    rows = []
    for cohort in _examined(request).select_related("certificate_batch__case").order_by("-ends_on", "name"):
        batch = getattr(cohort, "certificate_batch", None)
        state = state_label(batch.case, on=request.today, for_applicant=True) if batch else None
        rows.append((cohort, batch, state))
    if excel_asked(request):
        return own_exports.certificate_batches(request, rows)
    return render(request, "portal/certificates/index.html", {"rows": rows})


def _examined(request: HttpRequest):
    return cohorts_of(request.actor).filter(stage__in=AFTER_EXAM)


def _cohort(request: HttpRequest, cohort_id: UUID) -> Cohort:
    return get_object_or_404(_examined(request).select_related("exam__case"), pk=cohort_id)


@only(Role.PROVIDER)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The passed list before it is reported, and what became of it."""
    cohort = _cohort(request, cohort_id)
    batch = CertificateBatch.objects.select_related("case").filter(cohort=cohort).first()
    moves = possible_moves(request.actor, batch.case, on=request.today) if batch else []
    lines = batch_lines(cohort, on=exam_day(cohort.exam))
    context = {
        "cohort": cohort,
        "batch": batch,
        "state": state_label(batch.case, on=request.today, for_applicant=True) if batch else None,
        "can_report": batch is None or any(move.code.startswith("report") for move in moves),
        "lines": lines,
        "passed": sum(line.passed for line in lines),
        "photos": photos_of_class(cohort),
        "logs": logs_of(cohort),
        "judgement": judge_batch(cohort, day=request.today)[0],
        "events": timeline(batch.case, for_applicant=True) if batch else [],
        "book": book_of(batch) if batch else None,
        "bar": _bar(_progress_of(request, batch)),
    }
    return render(request, "portal/certificates/show.html", context)


def _progress_of(request: HttpRequest, batch: CertificateBatch | None) -> Progress | None:
    """The running job of this batch that this person may watch."""
    asked = request.GET.get("job", "")
    if batch is None or not asked:
        return None
    try:
        return Progress.objects.filter(pk=UUID(asked), started_by=request.actor.user).first()
    except ValueError:
        return None


def _bar(progress: Progress | None) -> dict | None:
    """A progress row in the words of the theme's component."""
    if progress is None:
        return None
    percent = 100 if progress.finished and not progress.problem else 100 * progress.done // max(progress.total, 1)
    note = progress.problem or (_("已生成，可以下载") if progress.finished else _("正在排版，请稍候"))
    return {"id": progress.pk, "label": progress.title, "percent": percent, "note": note, "done": progress.finished}


@only(Role.PROVIDER, writes=True)
def report(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Report the passed list to the district."""
    cohort = _cohort(request, cohort_id)
    if request.method == "POST":
        report_passed(cohort=cohort, by=request.actor, at=request.now)
        messages.success(request, _("合格名单已上报，等待区（市）人社局核对"))
    return redirect("provider-certificate-batch", cohort_id=cohort.pk)


@only(Role.PROVIDER, writes=True)
def make_book(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Queue the PDF of the batch again, should it not be there."""
    cohort = _cohort(request, cohort_id)
    batch = get_object_or_404(CertificateBatch.objects.exclude(first=None), cohort=cohort)
    if request.method == "POST":
        bar = start_book(batch=batch, by=request.actor, at=request.now)
        response = redirect("provider-certificate-batch", cohort_id=cohort.pk)
        response["Location"] += f"?job={bar.pk}"
        return response
    return redirect("provider-certificate-batch", cohort_id=cohort.pk)


@signed_in()
def progress(request: HttpRequest, progress_id: UUID) -> HttpResponse:
    """The bar of a job I started."""
    row = get_object_or_404(Progress, pk=progress_id, started_by=request.actor.user)
    return render(request, "portal/certificates/_bar.html", {"bar": _bar(row), "result_url": row.result_url})


@only(Role.ENTERPRISE)
def of_enterprise(request: HttpRequest) -> HttpResponse:
    """Certificates of my employees."""
    rows = certificates_of(request.actor).order_by("-issued_on", "serial_no")
    if excel_asked(request):
        return list_exports.certificates(request, rows)
    return render(request, "portal/certificates/enterprise.html", {"rows": rows})


@only(Role.TRAINEE)
def of_trainee(request: HttpRequest) -> HttpResponse:
    """My certificates."""
    rows = certificates_of(request.actor).order_by("-issued_on")
    if excel_asked(request):
        return list_exports.certificates(request, rows)
    return render(request, "portal/certificates/trainee.html", {"rows": rows})


@signed_in()
def pdf(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate as it was signed, for its holder, the employer, the provider, the district."""
    row = get_object_or_404(certificates_of(request.actor), pk=certificate_id)
    made = file_of(row)
    if made is None:
        raise Refused("证书文件还在签名生成中", "not_sealed_yet", "请稍后再下载；一直没有生成的，请联系培训承接单位")
    name = f"certificate-{row.serial_no:06d}.pdf"
    return FileResponse(made.document.file.open("rb"), filename=name, content_type="application/pdf")


def _batch(request: HttpRequest, batch_id: UUID) -> CertificateBatch:
    """A batch whose every certificate this person may have: of the provider and of the district."""
    seen = CertificateBatch.objects.filter(certificates__in=certificates_of(request.actor)).distinct()
    if request.actor.role in (Role.TRAINEE, Role.ENTERPRISE):
        seen = seen.none()
    return get_object_or_404(seen, pk=batch_id)


@signed_in()
def book(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The PDF of a batch, for its provider and the district."""
    made = book_of(_batch(request, batch_id))
    row = get_object_or_404(Document, pk=made.pk if made else None)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)


@signed_in()
def files(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The single files of a batch in one zip, named by number and person."""
    batch = _batch(request, batch_id)
    rows = list(files_of(batch))
    if not rows:
        raise Refused("证书文件还在签名生成中", "not_sealed_yet", "请稍后再下载")
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for row in rows:
            holder = row.certificate.enrolment.person.name
            with row.document.file.open("rb") as file:
                package.writestr(file_name(f"{row.certificate.serial} {holder}.pdf"), file.read())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{batch.cohort.name}证书.zip")
