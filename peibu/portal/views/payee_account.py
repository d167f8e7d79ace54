"""A payee's bank account: what is registered, proposing another, the second person, the old contact's objection."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.payments.actions import (
    confirm_change,
    object_to_change,
    propose_change,
    read_messages,
    refuse_change,
    withdraw_change,
)
from peibu.payments.enums import ChangeState
from peibu.payments.models import AccountChange
from peibu.payments.payees import changes_for, open_change, unpaid_cases
from peibu.payments.permissions import can_confirm_change, can_object_to_change, can_withdraw_change
from peibu.registry.queries import basic_account

PAYEES = (Role.ENTERPRISE, Role.PROVIDER, Role.BASE)
MAX_PAPER = 10 * 1024 * 1024


class ChangeForm(forms.Form):
    """Another basic account."""

    bank_name = forms.CharField(
        label=gettext_lazy("新开户银行"),
        max_length=120,
        error_messages={"required": gettext_lazy("没有填写开户银行。请填写开户银行全称。")},
    )
    number = forms.CharField(
        label=gettext_lazy("新的基本存款账户账号"),
        max_length=40,
        help_text=gettext_lazy("按基本存款账户信息填写，6至32位数字"),
        error_messages={"required": gettext_lazy("没有填写账号。请按账户信息填写。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("变更原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("没有填写变更原因。请写明为什么变更。")},
    )
    paper = forms.FileField(
        label=gettext_lazy("证明材料"),
        max_length=200,
        help_text=gettext_lazy("开户许可证或基本存款账户信息，PDF或照片"),
        error_messages={"required": gettext_lazy("没有选择文件。请上传证明材料。")},
    )
    paper.max_bytes = MAX_PAPER


@only(*PAYEES)
def show(request: HttpRequest) -> HttpResponse:
    """The account in force, the change under way, and how a change goes."""
    return _page(request)


def _page(request: HttpRequest, *, form: ChangeForm | None = None, status: int = 200) -> HttpResponse:
    unit, actor = request.actor.unit, request.actor
    change = open_change(unit)
    context = {
        "account": basic_account(unit, on=request.today),
        "change": change,
        "history": changes_for(actor).exclude(pk=change.pk if change else None),
        "form": form or ChangeForm(),
        "steps": [
            (ChangeState.PROPOSED, _("提出变更")),
            (ChangeState.COOLING, _("第二人确认、冷静期")),
            (ChangeState.IN_FORCE, _("生效，可以收款")),
        ],
    }
    if change is not None:
        proposed = change.state == ChangeState.PROPOSED
        context |= {
            "can_confirm": proposed and bool(can_confirm_change(actor, change)),
            "needs_officer": proposed and bool(unpaid_cases(unit)),
            "can_object": change.state in (ChangeState.PROPOSED, ChangeState.COOLING)
            and bool(can_object_to_change(actor, change)),
            "can_withdraw": bool(can_withdraw_change(actor, change)),
            "message": change.messages.filter(user=actor.user).first(),
            "contacts": change.messages.select_related("user").order_by("pk"),
        }
    return render(request, "portal/enterprise/account.html", context, status=status)


@only(*PAYEES, writes=True)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose another account."""
    if request.method != "POST":
        return redirect("payee-account")
    form = ChangeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    told, paper = dict(form.cleaned_data), form.cleaned_data["paper"]
    if paper.size > MAX_PAPER:
        form.add_error("paper", _("文件太大，证明材料最多10MB。请压缩后再上传"))
        return _page(request, form=form, status=422)
    del told["paper"]
    told |= {"name": paper.name, "content": paper.read()}
    try:
        propose_change(unit=request.actor.unit, by=request.actor, at=request.now, **told)
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _page(request, form=form, status=422)
    messages.success(request, _("变更已提出，本单位的其他联系人已收到通知。请另一人确认"))
    return redirect("payee-account")


def _mine(request: HttpRequest, change_id: UUID) -> AccountChange:
    return get_object_or_404(changes_for(request.actor), pk=change_id)


@only(*PAYEES, writes=True)
def confirm(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The second person of the payee confirms or refuses."""
    change = _mine(request, change_id)
    if request.method == "POST":
        told = {"change": change, "reason": request.POST.get("reason", ""), "by": request.actor, "at": request.now}
        if "refuse" in request.POST:
            refuse_change(**told)
            messages.success(request, _("账户变更未通过"))
        else:
            done = confirm_change(**told)
            messages.success(
                request, _("已确认。冷静期至%(day)s，期满后生效") % {"day": f"{done.cooling_ends:%Y-%m-%d}"}
            )
    return redirect("payee-account")


@only(*PAYEES, writes=True)
def object_to(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The old contact objects."""
    change = _mine(request, change_id)
    if request.method == "POST":
        words = request.POST.get("words", "")
        object_to_change(change=change, words=words, by=request.actor, at=request.now)
        messages.success(request, _("异议已提交，变更已停止办理，等待人社局核实"))
    return redirect("payee-account")


@only(*PAYEES, writes=True)
def read(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The contact has read the message."""
    change = _mine(request, change_id)
    if request.method == "POST":
        read_messages(change=change, by=request.actor, at=request.now)
    return redirect("payee-account")


@only(*PAYEES, writes=True)
def withdraw(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The payee takes its change back."""
    change = _mine(request, change_id)
    if request.method == "POST":
        withdraw_change(change=change, by=request.actor, at=request.now)
        messages.success(request, _("账户变更已撤回，现账户不变"))
    return redirect("payee-account")


@only(*PAYEES)
def paper(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The paper of a change, always as a download."""
    document = _mine(request, change_id).evidence
    if document is None:
        raise Http404
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream"
    )
