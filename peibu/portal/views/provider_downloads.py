"""Files of plans and classes for the provider: plan, timetable, roster, timetable template."""

import io
from collections.abc import Callable
from uuid import UUID

from django.http import FileResponse, HttpRequest

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.intake import write_template
from peibu.kernel.errors import Refused
from peibu.papers.errors import PaperError
from peibu.portal.views.provider_classes import own_class
from peibu.portal.views.provider_plans import own_plan
from peibu.training.filing_papers import plan_table, roster_of_class, roster_table, timetable_table
from peibu.training.timetable_file import timetable_spec


def _file(make: Callable[[], bytes], name: str) -> FileResponse:
    try:
        content = make()
    except PaperError as error:
        raise Refused(str(error), "paper")
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@only(Role.PROVIDER)
def plan(request: HttpRequest, plan_id: UUID) -> FileResponse:
    row = own_plan(request, plan_id)
    title = row.project_name or "培训方案"
    return _file(lambda: plan_table(row, dated=request.today), f"{title}（第{row.version}版）.xlsx")


@only(Role.PROVIDER)
def template(request: HttpRequest, cohort_id: UUID) -> FileResponse:
    """The empty timetable with the plan's teachers and bases as drop-down lists."""
    cohort = own_class(request, cohort_id)
    return _file(lambda: write_template(timetable_spec(cohort.plan)), "课程表模板.xlsx")


@only(Role.PROVIDER)
def timetable(request: HttpRequest, cohort_id: UUID) -> FileResponse:
    cohort = own_class(request, cohort_id)
    return _file(lambda: timetable_table(cohort, dated=request.today), f"{cohort.name}课程表.xlsx")


@only(Role.PROVIDER)
def roster_xlsx(request: HttpRequest, cohort_id: UUID) -> FileResponse:
    cohort = own_class(request, cohort_id)
    return _file(lambda: roster_table(cohort, dated=request.today), f"{cohort.name}花名册.xlsx")


@only(Role.PROVIDER)
def roster_pdf(request: HttpRequest, cohort_id: UUID) -> FileResponse:
    cohort = own_class(request, cohort_id)
    return _file(lambda: roster_of_class(cohort, dated=request.today), f"{cohort.name}花名册.pdf")
