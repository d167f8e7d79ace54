"""Forms of claims and notices."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.actor import Actor
from peibu.claims.actions.statements import state_facts
from peibu.claims.answers import CLAIMANT, asked_of, missing_in
from peibu.claims.enums import InvoiceKind, LineState, StatementState
from peibu.claims.models import Claim
from peibu.claims.queries import lines_of
from peibu.claims.terms import terms_of
from peibu.rulebook import Policy, load_policy
from peibu.theme.fact_fields import add_questions, answers

SCAN_BYTES = 20 * 1024 * 1024
FEN_PER_YUAN = 100


class InvoiceForm(forms.Form):
    """The provider's invoice; the amount is asked in yuan and handed on in fen."""

    kind = forms.ChoiceField(label=_("票据类型"), choices=InvoiceKind.choices)
    code = forms.CharField(label=_("票据代码"), max_length=20, required=False, help_text=_("票面没有代码的不填"))
    number = forms.CharField(label=_("票据号码"), max_length=30)
    amount = forms.DecimalField(
        label=_("票据金额（元）"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"), help_text=_("价税合计")
    )
    on = forms.DateField(label=_("开票日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    scan = forms.FileField(label=_("票据扫描件"), required=False, help_text=_("PDF、JPG 或 PNG；已上传过的可不再上传"))
    scan.max_bytes = SCAN_BYTES

    @property
    def amount_fen(self) -> int:
        return int(self.cleaned_data["amount"] * FEN_PER_YUAN)


class RosterForm(forms.Form):
    scan = forms.FileField(label=_("盖章花名册扫描件"), help_text=_("PDF、JPG 或 PNG"))
    scan.max_bytes = SCAN_BYTES


class StatedFacts(forms.Form):
    """What no register knows of a claim, asked in the words of the folder, with one piece of evidence."""

    scan = forms.FileField(
        label=_("证明材料"), required=False, help_text=_("PDF、JPG 或 PNG；受理机构对照材料核实后才算数")
    )
    scan.max_bytes = SCAN_BYTES
    use_required_attribute = False

    def __init__(self, policy: Policy, names: Sequence[str], values: Mapping[str, Any], data=None, files=None):
        super().__init__(data, files, auto_id="f-%s", label_suffix="")
        self.names = list(names)
        add_questions(self, policy, self.names, values)
        self.order_fields([*(name for name in self.fields if name != "scan"), "scan"])

    def keep(self, claim: Claim, *, by: Actor, at: dt.datetime) -> None:
        """State what was answered."""
        scan = self.cleaned_data.get("scan")
        told = {"name": scan.name, "content": scan.read()} if scan else {}
        state_facts(claim=claim, values=answers(self, self.names), by=by, at=at, **told)


def stated_form(claim: Claim, *, data=None, files=None) -> StatedFacts:
    """The form of a draft: what its undecided lines wait for from the claimant, and what was stated before."""
    policy, terms = load_policy(claim.policy), terms_of(claim)
    rows = claim.statements.filter(replaced_at__isnull=True, line__isnull=True)
    before = {row.fact: row.value for row in rows}
    waiting = lines_of(claim).filter(state__in=[LineState.WAITING, LineState.PENDING])
    missing = missing_in(line.determination for line in waiting)
    asked = {spec.name for spec in asked_of(policy, missing, terms, CLAIMANT)}
    mine = {row.fact for row in rows if row.state != StatementState.BY_OFFICE}
    names = [spec.name for spec in policy.facts if spec.name in asked | mine]
    return StatedFacts(policy, names, before, data, files)


class AccountForm(forms.Form):
    """A person's own account."""

    bank_name = forms.CharField(label=_("开户银行"), max_length=120)
    number = forms.CharField(
        label=_("本人银行账号"),
        max_length=40,
        help_text=_("社会保障卡或本人银行卡，6至32位数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ObjectionForm(forms.Form):
    """Who objects may stay unnamed; the text is what counts (QD97.5.3)."""

    line = forms.IntegerField(
        label=_("针对序号"), required=False, min_value=1, help_text=_("名单中的序号；针对整个公示的不填")
    )
    text = forms.CharField(
        label=_("异议内容"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("请写明针对谁、什么情况、有何依据"),
    )
    name = forms.CharField(label=_("您的姓名"), max_length=60, required=False)
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=120,
        required=False,
        help_text=_("用于告知处理结果，只有核实人员可见，加密保存"),
    )


class ProofForm(forms.Form):
    """A kept proof of a line of a notice, as text."""

    text = forms.CharField(
        label=_("核验文件的内容"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("用记事本打开核验文件（.json），复制全部内容粘贴到这里。不保存任何内容。"),
        error_messages={"required": _("没有粘贴内容。请粘贴核验文件的全部内容。")},
    )
