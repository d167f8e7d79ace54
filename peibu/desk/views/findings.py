"""Findings with their evidence side by side, their conclusion, and the providers' credit record (QD97.3.7, 3.9, 6.3)."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.desk import list_exports, register_exports
from peibu.kernel.errors import Refused
from peibu.oversight.actions.findings import LEAST_REASON, conclude
from peibu.oversight.enums import FindingKind, FindingState
from peibu.oversight.history import READERS as HISTORY_READERS
from peibu.oversight.models import Finding
from peibu.oversight.permissions import READERS, can_conclude, classes_for
from peibu.oversight.queries import credit_chart, credit_of, credits_for, findings_for, photos_in
from peibu.recovery.queries import paid_lines_of, recoveries_for
from peibu.theme.exports import excel_asked

PAGE = 30
UNPROCESSABLE = 422
CONCLUSIONS = [choice for choice in FindingState.choices if choice[0] != FindingState.OPEN]


class ConclusionForm(forms.Form):
    """Explained, error or fraud, with the reason."""

    state = forms.ChoiceField(
        label=gettext_lazy("结论"),
        choices=CONCLUSIONS,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("差错：并非故意，可以更正。弄虚作假：故意以虚假材料办理。"),
    )
    conclusion = forms.CharField(
        label=gettext_lazy("核查情况和理由"),
        min_length=LEAST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@only(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Findings of my district, open ones first."""
    rows = findings_for(request.actor)
    state = request.GET.get("state", "")
    counts = {code: rows.filter(state=code).count() for code, _label in FindingState.choices}
    if state in FindingState.values:
        rows = rows.filter(state=state)
    if excel_asked(request):
        return list_exports.findings(request, rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    cohorts = classes_for(request.actor).in_bulk({row.subject_id for row in page})
    tones = {FindingState.OPEN: "mine", FindingState.FRAUD: "due"}
    context = {
        "page": page,
        "rows": [(row, cohorts.get(row.subject_id)) for row in page],
        "kpis": [
            {"label": label, "value": counts[code], "url": f"?state={code}", "tone": tones.get(code, "rest")}
            for code, label in FindingState.choices
        ],
        "state": state,
    }
    return render(request, "desk/oversight/findings.html", context)


@only(*READERS, writes=True)
def show(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    """One finding: evidence side by side, and the conclusion of whoever may make it."""
    row = get_object_or_404(findings_for(request.actor), pk=finding_id)
    form = ConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conclude(finding=row, **form.cleaned_data, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已记录结论"))
            return redirect("desk-finding", finding_id=row.pk)
    context = {
        "finding": row,
        "photos": photos_in(row),
        "mine": set(classes_for(request.actor).filter(pk__in=_classes(row)).values_list("pk", flat=True)),
        "cohort": classes_for(request.actor).filter(pk=row.subject_id).first(),
        "form": form if row.state == FindingState.OPEN and can_conclude(request.actor, row) else None,
        "other": [(key, value) for key, value in row.evidence.items() if key != "photos"],
        "is_photo": row.kind == FindingKind.NEAR_DUPLICATE_PHOTO,
        "history": request.actor.role in HISTORY_READERS,
        "recoveries": recoveries_for(request.actor).filter(finding=row),
        "may_recover": request.actor.role == Role.AGENCY_REVIEWER and paid_lines_of(row).exists(),
    }
    return render(request, "desk/oversight/finding.html", context, status=UNPROCESSABLE if form.errors else 200)


def _classes(finding: Finding) -> set[UUID]:
    return {photo.cohort.pk for photo in photos_in(finding) if photo.cohort}


@only(*READERS)
def photo(request: HttpRequest, finding_id: UUID, document_id: UUID) -> HttpResponse:
    """A picture of a finding of my district, also when the class it came from is another district's."""
    row = get_object_or_404(findings_for(request.actor), pk=finding_id)
    found = next((one.document for one in photos_in(row) if one.document.pk == document_id), None)
    if found is None:
        raise Http404
    return FileResponse(found.file.open("rb"), filename=found.name)


@only(*READERS)
def credits_list(request: HttpRequest) -> HttpResponse:
    """Providers by the satisfaction of their classes in my scope."""
    rows = credits_for(request.actor)
    if excel_asked(request):
        return register_exports.credits_of(request, rows)
    return render(request, "desk/oversight/credits.html", {"rows": rows})


@only(*READERS)
def credit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One provider's record, class by class, with its trend; only classes in my scope."""
    unit = get_object_or_404(
        Unit.objects.filter(cohorts__in=classes_for(request.actor).values("pk")).distinct(), pk=unit_id
    )
    mine = classes_for(request.actor)
    records = list(credit_of(unit).filter(cohort__in=mine.values("pk")))
    standing = next((row for row in credits_for(request.actor) if row.unit == unit), None)
    context = {
        "unit": unit,
        "records": records,
        "standing": standing,
        "chart": credit_chart(records, _("总体满意度")) if records else None,
        "findings": findings_for(request.actor).filter(subject_id__in=mine.filter(provider=unit).values("pk")),
    }
    return render(request, "desk/oversight/credit.html", context)
