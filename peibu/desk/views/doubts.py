"""A payment whose result nobody knows: what the bank can do, what people found out there, who confirms it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk.views.payments import LOOKERS
from peibu.kernel.errors import Refused
from peibu.payments.actions import confirm_finding, drop_finding, report_finding
from peibu.payments.enums import Finding, PaymentState
from peibu.payments.lifecycle import UNSETTLED
from peibu.payments.models import Doubt, Payment
from peibu.payments.queries import payments_for

MAX_PAPER = 10 * 1024 * 1024


class FindingForm(forms.Form):
    """What the bank has told a person."""

    finding = forms.ChoiceField(label=gettext_lazy("核实结果"), choices=Finding.choices)
    settled_on = forms.DateField(
        label=gettext_lazy("银行日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("没有填写银行日期。请按银行证明填写。")},
    )
    reference = forms.CharField(
        label=gettext_lazy("银行流水号"), max_length=60, required=False, help_text=gettext_lazy("已支付到账时必填")
    )
    reason = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=200,
        help_text=gettext_lazy("何时、向银行哪个部门、如何核实"),
        error_messages={"required": gettext_lazy("没有填写依据。请写明何时、向谁、如何核实。")},
    )
    paper = forms.FileField(
        label=gettext_lazy("银行证明"),
        max_length=200,
        help_text=gettext_lazy("加盖银行业务章的证明或流水，PDF或照片"),
        error_messages={"required": gettext_lazy("没有选择文件。请上传银行证明。")},
    )
    paper.max_bytes = MAX_PAPER


def _mine(request: HttpRequest, payment_id: UUID) -> Payment:
    rows = payments_for(request.actor) if request.actor.is_officer else Payment.objects.none()
    return get_object_or_404(rows.filter(batch__isnull=False), pk=payment_id)


@only(*LOOKERS)
def show(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Where the payment stands, every call to the bank, every finding."""
    return _page(request, _mine(request, payment_id))


def _page(
    request: HttpRequest, payment: Payment, *, form: FindingForm | None = None, status: int = 200
) -> HttpResponse:
    doubts = list(payment.doubts.select_related("found_by", "confirmed_by", "evidence").order_by("-found_at"))
    waiting = next((one for one in doubts if one.confirmed_at is None and one.dropped_at is None), None)
    pays = request.actor.role == Role.FINANCE
    unsettled = payment.state in UNSETTLED and payment.state != PaymentState.SENT
    context = {
        "payment": payment,
        "batch": payment.batch,
        "deliveries": payment.batch.deliveries.select_related("began_by").order_by("serial"),
        "doubts": doubts,
        "waiting": waiting,
        "form": form or FindingForm(),
        "can_report": pays and unsettled and waiting is None,
        "can_confirm": pays and waiting is not None and waiting.found_key != request.actor.person_key,
        "can_drop": pays and waiting is not None,
    }
    return render(request, "desk/payments/doubt.html", context, status=status)


@only(Role.FINANCE, writes=True)
def report(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Keep a finding with its paper."""
    payment = _mine(request, payment_id)
    if request.method != "POST":
        return redirect("desk-doubtful-payment", payment_id=payment.pk)
    form = FindingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, payment, form=form, status=422)
    told, paper = dict(form.cleaned_data), form.cleaned_data["paper"]
    if paper.size > MAX_PAPER:
        form.add_error("paper", _("文件太大，银行证明最多10MB。请压缩后再上传"))
        return _page(request, payment, form=form, status=422)
    del told["paper"]
    try:
        report_finding(
            payment=payment, name=paper.name, content=paper.read(), by=request.actor, at=request.now, **told
        )
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _page(request, payment, form=form, status=422)
    messages.success(request, _("核实结果已登记，请另一位资金拨付人员确认"))
    return redirect("desk-doubtful-payment", payment_id=payment.pk)


def _doubt(request: HttpRequest, doubt_id: UUID) -> Doubt:
    mine = payments_for(request.actor).values("pk")
    return get_object_or_404(Doubt.objects.filter(payment__in=mine).select_related("payment__batch"), pk=doubt_id)


@only(Role.FINANCE, writes=True)
def confirm(request: HttpRequest, doubt_id: UUID) -> HttpResponse:
    """The second person."""
    doubt = _doubt(request, doubt_id)
    if request.method == "POST":
        confirm_finding(doubt=doubt, by=request.actor, at=request.now)
        messages.success(request, _("已确认，付款状态已按银行证明更新"))
    return redirect("desk-doubtful-payment", payment_id=doubt.payment_id)


@only(Role.FINANCE, writes=True)
def drop(request: HttpRequest, doubt_id: UUID) -> HttpResponse:
    """Take back a finding nobody has confirmed."""
    doubt = _doubt(request, doubt_id)
    if request.method == "POST":
        drop_finding(doubt=doubt, by=request.actor, at=request.now)
        messages.success(request, _("核实登记已撤销"))
    return redirect("desk-doubtful-payment", payment_id=doubt.payment_id)


@only(*LOOKERS)
def paper(request: HttpRequest, doubt_id: UUID) -> HttpResponse:
    """The bank's paper, always as a download."""
    document = _doubt(request, doubt_id).evidence
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream"
    )
