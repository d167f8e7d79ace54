"""A batch and its bank: the direct line, what is asked, what is sent again, and which bank an agency has."""

import io
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.models import Document
from peibu.desk.views.payments import LOOKERS, mine
from peibu.gateways.bank import FORMATS, format_named
from peibu.gateways.bank.statements import STATEMENTS
from peibu.kernel.errors import Refused
from peibu.payments.actions import bring_on, hand_over_again, report_unknown, set_channel
from peibu.payments.actions.sending import ask_file
from peibu.payments.bridges import agencies_for
from peibu.payments.channels import terms_of, wire_named
from peibu.payments.enums import Ability
from peibu.payments.lifecycle import ON_THE_WAY
from peibu.payments.models import BankChannel


@only(Role.FINANCE, writes=True)
def unknown(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The bank has not answered."""
    row = mine(request, batch_id)
    if request.method == "POST":
        count = report_unknown(batch=row, by=request.actor, at=request.now)
        told = _("已登记%(count)d笔结果不明。查明之前不会再送银行") % {"count": count}
        messages.success(request, told)
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE, writes=True)
def over_the_line(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The next right step with a bank that is reached directly: send, ask, or send again."""
    row = mine(request, batch_id)
    if request.method != "POST":
        return redirect("desk-payment-batch", batch_id=row.pk)
    wire = wire_named(terms_of(row.agency).wire)
    if wire is None:
        raise Refused("该机构没有直连银行的线路", "no_wire", "请下载文件送银行，并导入银行回盘")
    delivery = bring_on(batch=row, wire=wire, by=request.actor, at=request.now)
    if delivery is None:
        messages.info(request, _("现在没有可以自动办理的：请等待银行，或由人员向银行核实"))
    else:
        told = {"kind": delivery.get_kind_display(), "outcome": delivery.get_outcome_display()}
        messages.success(request, _("%(kind)s：%(outcome)s") % told)
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE)
def question(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What became of these payments? As a file to carry to the bank; its answer is read like a reply."""
    row = mine(request, batch_id)
    payments = list(row.payments.filter(state__in=ON_THE_WAY).order_by("position"))
    if not payments or row.ability == Ability.NEITHER:
        raise Http404
    name = f"{row.number}-查询.{format_named(row.format).ending}"
    content = io.BytesIO(ask_file(row, payments, on=request.today))
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")


@only(Role.FINANCE, writes=True)
def again(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """A file of what may be sent again, under the same keys."""
    row = mine(request, batch_id)
    if request.method == "POST":
        delivery = hand_over_again(batch=row, by=request.actor, at=request.now)
        messages.success(
            request, _("再送文件已生成（%(count)d笔），请在“与银行的联系”中下载") % {"count": delivery.count}
        )
    return redirect("desk-payment-batch", batch_id=row.pk)


@only(Role.FINANCE)
def delivery_file(request: HttpRequest, batch_id: UUID, serial: int) -> HttpResponse:
    """The file of a repeated sending, always as a download."""
    delivery = get_object_or_404(mine(request, batch_id).deliveries, serial=serial)
    document = get_object_or_404(Document, subject_id=delivery.pk, purpose="bank_file")
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream"
    )


class ChannelForm(forms.Form):
    """The bank of an agency."""

    format = forms.ChoiceField(label=gettext_lazy("批次文件格式"), choices=())
    statement_format_code = forms.ChoiceField(label=gettext_lazy("对账单格式"), choices=())
    ability = forms.ChoiceField(
        label=gettext_lazy("付款结果不明时"),
        choices=Ability.choices,
        help_text=gettext_lazy("按银行书面确认的能力选择；不清楚时选“不能查询”，系统就不会再送"),
    )
    payer_name = forms.CharField(label=gettext_lazy("付款户名"), max_length=120)
    payer_account = forms.CharField(
        label=gettext_lazy("付款账号"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    payer_bank = forms.CharField(label=gettext_lazy("付款银行行号"), max_length=35, required=False)
    wire = forms.CharField(
        label=gettext_lazy("直连线路"), max_length=30, required=False,
        help_text=gettext_lazy("系统管理员设置的线路名；不填则由人员传送文件"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [(code, _(one.label)) for code, one in FORMATS.items()]
        self.fields["statement_format_code"].choices = [(code, _(one.label)) for code, one in STATEMENTS.items()]


@only(*LOOKERS)
def channels(request: HttpRequest) -> HttpResponse:
    """Which bank each agency has, and what that bank can do."""
    agencies = _agencies(request)
    rows = [(agency, terms_of(agency), BankChannel.objects.filter(agency=agency).exists()) for agency in agencies]
    context = {"rows": rows, "sets": request.actor.role == Role.CITY_BUREAU, "ability": dict(Ability.choices)}
    return render(request, "desk/payments/channels.html", context)


def _agencies(request: HttpRequest) -> list[Unit]:
    if request.actor.whole_city:
        return list(Unit.objects.filter(kind="agency").select_related("division").order_by("name"))
    return agencies_for(request.actor)


@only(Role.CITY_BUREAU, writes=True)
def channel(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Set the bank of an agency."""
    agency = get_object_or_404(Unit.objects.filter(kind="agency"), pk=unit_id)
    terms = terms_of(agency)
    names = ("format", "ability", "payer_name", "payer_account", "payer_bank", "wire")
    told = {name: getattr(terms, name) for name in names} | {"statement_format_code": terms.statement_format}
    form = ChannelForm(request.POST or None, initial=told)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            set_channel(agency=agency, by=request.actor, at=request.now, **form.cleaned_data)
            messages.success(request, _("银行通道已设置，以后生成的批次按此办理"))
            return redirect("desk-bank-channels")
        except Refused as refusal:
            form.add_error(None, refusal.sentence())
    if form.is_bound:
        status = 422
    return render(request, "desk/payments/channel.html", {"agency": agency, "form": form}, status=status)
