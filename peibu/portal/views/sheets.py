"""The photographed paper sheet of a session: upload, look at, copy into the record."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.clock_times import moment_of
from peibu.training.actions.sheets import enter_from_sheet, keep_sheet
from peibu.training.queries.attendance import presence
from peibu.training.queries.classrooms import sessions_run_by
from peibu.training.queries.sheets import sheets_of, sheets_seen_by

TEACHING = (Role.TEACHER, Role.PROVIDER)
TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


@only(*TEACHING, writes=True)
@require_POST
def keep(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    file = request.FILES.get("sheet")
    if file is None:
        raise Refused(_("没有选择文件"), "no_file", _("请拍照或选择签到表的照片、扫描件后再上传"))
    keep_sheet(session=row, name=file.name, content=file.read(), by=request.actor, at=request.now)
    messages.success(request, _("签到表已保存，请勾选在表上签名的学员。"))
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING, writes=True)
@require_POST
def enter(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Enter the ticked people, with reference to a sheet."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    sheets = {str(sheet.pk): sheet for sheet in sheets_of(row)}
    sheet = sheets.get(request.POST.get("sheet", ""))
    if sheet is None:
        raise Refused(_("没有选择签到表"), "no_sheet_chosen", _("请先上传并选择本课次的签到表"))
    ticked = set(request.POST.getlist("enrolment"))
    people = [each.enrolment for each in presence(row) if str(each.enrolment.pk) in ticked]
    left = request.POST.get("left_at", "")
    done = enter_from_sheet(
        session=row,
        sheet=sheet,
        enrolments=people,
        arrived_at=moment_of(row, request.POST.get("arrived_at", ""), what=_("到达时间")),
        left_at=moment_of(row, left, what=_("离开时间")) if left else None,
        by=request.actor,
        at=request.now,
    )
    told = ngettext("已补录%(n)d人。", "已补录%(n)d人。", done) % {"n": done}
    messages.success(request, told)
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING)
def show(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = get_object_or_404(sheets_seen_by(request.actor), pk=document_id)
    # the type is told by what intake found, never by the name somebody gave the file
    answer = FileResponse(row.file.open("rb"), content_type=TYPES[row.kind], filename=row.name)
    answer["Cache-Control"] = "private, no-store"
    return answer
