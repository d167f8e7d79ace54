"""A payment the bank sent back: correct the account, have it approved by another office, pay again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk.views.payments import LOOKERS
from peibu.kernel.errors import Refused
from peibu.payments.actions import approve_account, correct_account, reissue
from peibu.payments.models import Payment
from peibu.payments.queries import payment_of, payments_for, returned_payments
from peibu.registry.models import BankAccount


class AccountForm(forms.Form):
    """The basic account the enterprise names now."""

    bank_name = forms.CharField(
        label=gettext_lazy("开户银行"),
        max_length=120,
        error_messages={"required": gettext_lazy("没有填写开户银行。请填写开户银行全称。")},
    )
    number = forms.CharField(
        label=gettext_lazy("基本存款账户账号"),
        max_length=40,
        help_text=gettext_lazy("按企业提供的基本存款账户信息填写，6至32位数字"),
        error_messages={"required": gettext_lazy("没有填写账号。请按企业提供的账户信息填写。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _mine(request: HttpRequest, payment_id: UUID) -> Payment:
    rows = payments_for(request.actor).filter(state="returned") if request.actor.is_officer else Payment.objects.none()
    return get_object_or_404(rows, pk=payment_id)


@only(*LOOKERS)
def show(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Why it came back, and what the next person can do."""
    return _page(request, _mine(request, payment_id))


def _page(
    request: HttpRequest, payment: Payment, *, form: AccountForm | None = None, status: int = 200
) -> HttpResponse:
    told = payment_of(payment.case)
    # of a claim paid in part a later payment of other people is no answer to this one
    open_now = returned_payments(request.actor).filter(pk=payment.pk).exists()
    pays = request.actor.role == Role.FINANCE and open_now
    changed = told.account is not None and told.account.number_index != payment.account_index
    context = {
        "payment": payment,
        "told": told,
        "changed": changed,
        "form": form or AccountForm(),
        "can_correct": pays,
        "can_pay_again": pays and told.account_approved,
        "change": told.change,
        "can_approve": request.actor.role == Role.HRSS_APPROVER and open_now and told.wants_approval,
        "open_now": open_now,
    }
    return render(request, "desk/payments/returned.html", context, status=status)


@only(Role.FINANCE, writes=True)
def correct(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Register the corrected account; it is not paid before somebody has approved it."""
    payment = _mine(request, payment_id)
    if request.method != "POST":
        return redirect("desk-returned-payment", payment_id=payment.pk)
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, payment, form=form, status=422)
    try:
        correct_account(payment=payment, by=request.actor, at=request.now, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _page(request, payment, form=form, status=422)
    messages.success(request, _("更正后的账户已提出，请人社局审批岗核准；核准后还有冷静期"))
    return redirect("desk-returned-payment", payment_id=payment.pk)


def _account(payment: Payment) -> BankAccount:
    told = payment_of(payment.case)
    if told.account is None:
        raise Refused("收款单位没有登记现行的基本存款账户", "no_account", "请先登记更正后的账户")
    return told.account


@only(Role.HRSS_APPROVER, writes=True)
def approve(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The approver accepts the corrected account."""
    payment = _mine(request, payment_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        approve_account(payment=payment, reason=reason, by=request.actor, at=request.now)
        messages.success(request, _("账户已核准。新账户的冷静期结束后，资金拨付岗可以重新发起"))
    return redirect("desk-returned-payment", payment_id=payment.pk)


@only(Role.FINANCE, writes=True)
def pay_again(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The next attempt; it waits for a batch like any other."""
    payment = _mine(request, payment_id)
    if request.method == "POST":
        following = reissue(payment=payment, account=_account(payment), by=request.actor, at=request.now)
        told = _("已发起第%(attempt)d次付款，请在待拨付中制单") % {"attempt": following.attempt}
        messages.success(request, told)
        return redirect("desk-payments")
    return redirect("desk-returned-payment", payment_id=payment.pk)
