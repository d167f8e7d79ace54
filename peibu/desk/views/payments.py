"""Payment: claims ready to pay, batches made by one and released by another, the bank's replies."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk import list_exports, register_exports
from peibu.gateways.bank import STATUSES, BankFileRefused, Meaning, format_named
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.money import yuan
from peibu.payments.actions import (
    cancel_batch,
    import_reply,
    mark_sent,
    prepare_batch_of_cases,
    release_batch,
)
from peibu.payments.channels import terms_of, wire_named
from peibu.payments.enums import Ability, BatchState, PaymentState
from peibu.payments.lifecycle import ON_THE_WAY
from peibu.payments.models import PaymentBatch
from peibu.payments.queries import (
    batches_for,
    demo_bank_of,
    doubtful_payments,
    payable,
    reply_lines,
    returned_payments,
    sendable,
    totals,
    waiting_cases,
)
from peibu.theme.exports import excel_asked

LOOKERS = (Role.FINANCE, Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU, Role.AUDITOR)
PAGE = 50
LATEST = 10
SILENT = "silent"  # the demo bank says nothing of an order
MAX_REPLY = 20 * 1024 * 1024


class ReplyForm(forms.Form):
    """The bank's reply file."""

    reply = forms.FileField(
        label=gettext_lazy("银行回盘文件"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("没有选择文件。请选择银行返回的回盘文件后再上传。"),
            "empty": gettext_lazy("文件是空的。请重新从银行下载后再上传。"),
        },
    )
    reply.max_bytes = MAX_REPLY


@only(*LOOKERS)
def show(request: HttpRequest) -> HttpResponse:
    """What is ready to pay, what the bank sent back, and the batches of my district."""
    actor, today = request.actor, request.today
    ready = waiting_cases(actor, on=today)
    if excel_asked(request):
        return register_exports.waiting_payments(request, ready)
    waiting = Paginator(ready, PAGE).get_page(request.GET.get("page"))
    rows = [(case, payable(case, on=today)) for case in waiting]
    returned = returned_payments(actor)
    doubtful = doubtful_payments(actor)
    sums = totals(actor, on=today)
    context = {
        "waiting": waiting,
        "rows": rows,
        "returned": returned[:PAGE],
        "doubtful": doubtful[:PAGE],
        "batches": batches_for(actor)[:LATEST],
        "pays": actor.role == Role.FINANCE,
        "kpis": [
            {"label": _("待拨付"), "unit": _("件"), "value": waiting.paginator.count, "tone": "mine"},
            {"label": _("待拨付金额"), "unit": _("元"), "value": yuan(sums.waiting_fen), "tone": "rest"},
            {"label": _("结果不明"), "unit": _("笔"), "value": doubtful.count(), "tone": "due"},
            {"label": _("退回待处理"), "unit": _("笔"), "value": returned.count(), "tone": "due"},
            {"label": _("本年已到账"), "unit": _("元"), "value": yuan(sums.paid_fen), "tone": "rest"},
        ],
    }
    return render(request, "desk/payments/list.html", context)


@only(Role.FINANCE, writes=True)
def prepare(request: HttpRequest) -> HttpResponse:
    """A batch of the chosen claims; every reason against it comes back at once."""
    if request.method != "POST":
        return redirect("desk-payments")
    chosen = request.POST.getlist("case")
    mine = {str(case.pk): case for case in waiting_cases(request.actor, on=request.today)}
    if not chosen or any(pk not in mine for pk in chosen):
        messages.error(request, _("没有选择待拨付的业务，或所选业务刚刚已被办理。请在列表中重新选择"))
        return redirect("desk-payments")
    cases = [mine[pk] for pk in dict.fromkeys(chosen)]
    made = prepare_batch_of_cases(cases=cases, by=request.actor, at=request.now)
    messages.success(request, _("已生成批次%(number)s，请另一位资金拨付人员复核放行") % {"number": made.number})
    return redirect("desk-payment-batch", batch_id=made.pk)


@only(*LOOKERS)
def batches(request: HttpRequest) -> HttpResponse:
    """Every batch of my district, page by page."""
    if excel_asked(request):
        return list_exports.payment_batches(request, batches_for(request.actor))
    page = Paginator(batches_for(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/payments/batches.html", {"page": page, "batches": page})


def mine(request: HttpRequest, batch_id: UUID) -> PaymentBatch:
    """A batch of my district; a foreign one does not exist."""
    return get_object_or_404(batches_for(request.actor), pk=batch_id)


@only(*LOOKERS)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One batch: its payments, what may be done with it, and what the bank said line by line."""
    return _batch_page(request, mine(request, batch_id))


def _batch_page(
    request: HttpRequest, row: PaymentBatch, *, form: ReplyForm | None = None, problems=(), status: int = 200
) -> HttpResponse:
    pays = request.actor.role == Role.FINANCE
    outside = row.state in (BatchState.RELEASED, BatchState.SENT, BatchState.RECONCILED)
    own = pays and row.prepared_key == request.actor.person_key
    steps = [(s.value, s.label) for s in BatchState if s != BatchState.CANCELLED]
    context = {
        "batch": row,
        "state": BatchState(row.state),
        "steps": steps,
        "payments": row.payments.select_related("case", "payee").order_by("position"),
        "lines": reply_lines(row),
        "form": form or ReplyForm(),
        "problems": problems,
        "pays": pays,
        "can_release": pays and row.state == BatchState.PREPARED and not own,
        "waits_for_another": own and row.state == BatchState.PREPARED,
        "can_cancel": pays and row.state == BatchState.PREPARED,
        "can_send": pays and row.state == BatchState.RELEASED,
        "can_read_reply": pays and outside,
        "asks_demo_bank": pays and settings.DEMO and row.state in (BatchState.RELEASED, BatchState.SENT),
        "deliveries": row.deliveries.select_related("began_by").order_by("serial"),
        **_with_the_bank(row, pays),
        "causes": [(code, words) for code, (meaning, words) in STATUSES.items() if meaning is Meaning.RETURNED]
        + [(SILENT, _("没有答复（结果不明）"))],
    }
    return render(request, "desk/payments/batch.html", context, status=status)


def _with_the_bank(row: PaymentBatch, pays: bool) -> dict:
    """What can be done about results that are not known, at this batch's bank."""
    states = set(row.payments.values_list("state", flat=True))
    carried = row.state == BatchState.SENT
    waits = bool(states & set(ON_THE_WAY))
    wire = wire_named(terms_of(row.agency).wire)
    return {
        "has_wire": pays and wire is not None and row.state in (BatchState.RELEASED, BatchState.SENT),
        "can_report_unknown": pays and PaymentState.SENT in states,
        "can_ask": pays and carried and waits and row.ability != Ability.NEITHER,
        "can_send_again": pays and carried and sendable(row).exists(),
        "people_must_ask": carried and PaymentState.UNKNOWN in states and row.ability == Ability.NEITHER,
    }


@only(Role.FINANCE)
def download(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The bank's file, always as a download."""
    row = mine(request, batch_id)
    if row.file is None:
        raise Http404
    return FileResponse(
        row.file.file.open("rb"), as_attachment=True, filename=row.file.name, content_type="application/octet-stream"
    )


@only(Role.FINANCE, writes=True)
def release(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The second person lets the batch go."""
    row = mine(request, batch_id)
    if request.method == "POST":
        release_batch(batch=row, by=request.actor, at=request.now)
        messages.success(request, _("已放行，银行文件已生成。请下载后送银行"))
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE, writes=True)
def sent(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The file has been handed to the bank."""
    row = mine(request, batch_id)
    if request.method == "POST":
        mark_sent(batch=row, by=request.actor, at=request.now)
        messages.success(request, _("已登记送银行，等待回盘"))
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE, writes=True)
def cancel(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Undo a batch that has not been released."""
    row = mine(request, batch_id)
    if request.method == "POST":
        cancel_batch(batch=row, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
        messages.success(request, _("批次已撤销，其中的业务回到待拨付"))
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE, writes=True)
def reply(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Read the bank's reply; all its problems are shown at once, then nothing is saved."""
    row = mine(request, batch_id)
    if request.method != "POST":
        return redirect("desk-payment-batch", batch_id=row.pk)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _batch_page(request, row, form=form, status=422)
    upload = form.cleaned_data["reply"]
    if upload.size > MAX_REPLY:
        form.add_error("reply", _("文件太大，回盘文件最多20MB。请核对是否选错了文件"))
        return _batch_page(request, row, form=form, status=422)
    return _read(request, row, upload.name, upload.read())


def _read(request: HttpRequest, row: PaymentBatch, name: str, content: bytes) -> HttpResponse:
    try:
        lines = import_reply(batch=row, name=name, content=content, by=request.actor, at=request.now)
    except BankFileRefused as refused:
        return _batch_page(request, row, problems=refused.problems, status=422)
    counted = {outcome: sum(line.outcome == outcome for line in lines) for outcome in ("paid", "returned")}
    other = len(lines) - sum(counted.values())
    told = _("回盘已导入：到账%(paid)d笔，退回%(returned)d笔，其他%(other)d笔") % {**counted, "other": other}
    messages.success(request, told)
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE, writes=True)
def demo_bank(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Demo only: the demo bank reads the real file and answers with a real reply, which is then read as any other."""
    if not settings.DEMO:
        raise Http404
    row = mine(request, batch_id)
    if request.method != "POST" or row.file is None:
        return redirect("desk-payment-batch", batch_id=row.pk)
    status = request.POST.get("status", "")
    keys = {format_named(row.format).told_key(key) for key in request.POST.getlist("return")}
    known = STATUSES.get(status, (Meaning.PAID, ""))[0] is Meaning.RETURNED
    bank: FakeBank = demo_bank_of(row)
    with row.file.file.open("rb") as file:
        answer = bank.answer(
            row.format,
            file.read(),
            on=request.today,
            returns=dict.fromkeys(keys, status) if known else {},
            lose=keys if status == SILENT else frozenset(),
        )
    return _read(request, row, _("演示银行回盘"), answer)
