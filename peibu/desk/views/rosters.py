"""Versions of a class's roster for the officer."""

import io
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404

from peibu.accounts.access import officers
from peibu.casework.queries import cases_for
from peibu.training.models import RosterVersion
from peibu.training.queries.rosters import roster_version_table


@officers()
def version(request: HttpRequest, cohort_id: UUID, number: int) -> FileResponse:
    """One version as Excel; of a class of another district there is none."""
    rows = RosterVersion.objects.filter(cohort__case__in=cases_for(request.actor)).select_related("cohort")
    row = get_object_or_404(rows, cohort=cohort_id, number=number)
    content = roster_version_table(row, dated=request.today)
    name = f"{row.cohort.name}花名册（第{number}版）.xlsx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)
