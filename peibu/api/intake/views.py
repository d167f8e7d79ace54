"""Reports of platforms: pushed as JSON, sent as a file; failed items asked for and cleared."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse

from peibu.accounts.access import platform
from peibu.accounts.enums import Scope
from peibu.kernel.errors import Problem
from peibu.learning.actions.reports import Outcome, Sender, clear_failures, receive, receive_file
from peibu.learning.models import ReportFailure
from peibu.learning.reports.fields import said
from peibu.learning.reports.kinds import KINDS, TITLES
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.package import parse

MOST = 500
PAGE = 200
FILE_BYTES = 50 * 1024 * 1024
ENVELOPE = 64 * 1024  # what multipart adds to a file
SCOPES = (Scope.INTAKE,)


def _answer(body: dict, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def _fault(why: str, todo: str, status: int = 400) -> JsonResponse:
    return _answer({"error": why, "todo": todo}, status)


def _too_big(limit: int) -> JsonResponse:
    return _fault(f"内容超过 {limit // 2**20} MB（{limit} 字节）", "请分成几次上报。", 413)


def _unknown(kind: str) -> JsonResponse:
    known = "、".join(f"{name}（{title}）" for name, title in TITLES.items())
    return _fault(f"没有“{kind}”这一类", f"可以上报：{known}。", 404)


def _sender(request: HttpRequest) -> Sender:
    return Sender(request.platform, settings.BASE_URL, request.shift)


@platform(write=SCOPES)
def push(request: HttpRequest, kind: str) -> JsonResponse:
    """Up to 500 items of one kind: a JSON object, or an array of them. Good items stay, whatever became of others."""
    if kind not in KINDS:
        return _unknown(kind)
    try:
        told = parse(request.body)
    except Invalid as fault:
        return _fault(f"{fault.where}{fault.why}", fault.todo)
    except RequestDataTooBig:
        return _too_big(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    items = told if isinstance(told, list) else [told]
    if not 0 < len(items) <= MOST:
        return _fault(f"本次有 {len(items)} 条", f"每次应有 1 到 {MOST} 条，请分批上报。", 413 if items else 400)
    return _told(receive(kind, items, by=_sender(request), at=request.now, source="JSON"))


@platform(write=SCOPES)
def upload(request: HttpRequest, kind: str) -> JsonResponse:
    """A file of one kind, Excel or JSON, all or nothing."""
    if kind not in KINDS:
        return _unknown(kind)
    if int(request.META.get("CONTENT_LENGTH") or 0) > FILE_BYTES + ENVELOPE:
        return _too_big(FILE_BYTES)  # before the body is looked at, which would write it to the disk
    file = request.FILES.get("file")
    if file is None:
        return _fault("没有收到文件", "请以 multipart/form-data 发送，字段名为 file。")
    if file.size > FILE_BYTES:
        return _too_big(FILE_BYTES)
    content = file.read()
    return _told(receive_file(kind, file.name, content, by=_sender(request), at=request.now, on=request.today))


def _told(outcome: Outcome) -> JsonResponse:
    failed = [_problem(one) for one in outcome.problems]
    body = {"taken": outcome.taken, "known": outcome.known, "failed": failed}
    return _answer(body, 422 if failed else 200)


def _problem(problem: Problem) -> dict:
    return {
        "item": problem.row,
        "field": problem.column,
        "code": problem.code,
        "sentence": said(problem),
    }


@platform(read=SCOPES, write=SCOPES)
def failures(request: HttpRequest) -> JsonResponse:
    """The platform's failed items, oldest first, 200 at a time (`after` = the id of the last one seen); DELETE clears
    all of them, or those named by `id`."""
    rows = ReportFailure.objects.filter(tenant=request.platform.unit).order_by("pk")  # ids grow with time
    if request.method == "DELETE":
        return _cleared(request)
    if "kind" in request.GET:
        rows = rows.filter(kind=request.GET["kind"])
    try:
        page = rows.filter(pk__gt=UUID(request.GET["after"])) if "after" in request.GET else rows
    except ValueError:
        return _fault("参数 after 不是有效的编号", "请使用上一页最后一条的 id。")
    told = [
        {
            "id": str(row.pk), "kind": row.kind, "ref": row.ref, "source": row.source, "item": row.position,
            "at": row.at.isoformat(), "problems": row.problems,
        }
        for row in page[:PAGE]
    ]  # fmt: skip
    return _answer({"total": rows.count(), "failures": told})


def _cleared(request: HttpRequest) -> JsonResponse:
    try:
        ids = [UUID(one) for one in request.GET.getlist("id")] or None
    except ValueError:
        return _fault("参数 id 不是有效的编号", "请使用查询结果中的 id。")
    return _answer({"cleared": clear_failures(tenant=request.platform.unit, ids=ids)})
