"""What a claim still lacks before it can be handed in, and what in it nobody has confirmed, in sentences."""

import datetime as dt

from django.utils.translation import gettext as _

from peibu.casework.models import Document
from peibu.claims.actions.drafts import account_of
from peibu.claims.enums import LineState, StatementState
from peibu.claims.models import Claim
from peibu.claims.offers import offer_of
from peibu.claims.terms import invoice_complete
from peibu.rulebook import load_policy

HANDED_IN_WITH = (LineState.INCLUDED, LineState.PENDING)


def papers_kept(claim: Claim) -> dict[str, Document]:
    """The papers uploaded with a claim, the newest of each code."""
    rows = Document.objects.filter(case=claim.case_id, facts__has_key="code").order_by("uploaded_at", "id")
    return {row.facts["code"]: row for row in rows}


def needs_of(claim: Claim, *, on: dt.date) -> list[str]:
    """What is still missing, the first thing first: papers of the folder, people, account. Empty: it can be handed in."""
    offer = offer_of(claim.policy, claim.subject)
    ways = set(offer.papers.values()) if offer else set()
    needs = []
    if "entered" in ways and not invoice_complete(claim):
        needs.append(_("票据尚未填写完整（类型、号码、金额、日期和扫描件）"))
    elif not claim.lines.filter(state__in=HANDED_IN_WITH).exists():
        needs.append(_("没有符合条件的人员，不能提交申领"))
    if account_of(claim, on=on) is None:
        needs.append(_account_of_unit() if claim.enterprise_id else _("还没有登记本人的收款账户"))
    if "made" in ways and claim.roster_id is None:
        needs.append(_("尚未提供补贴申请人员花名册；请上传盖章扫描件，或使用系统生成的花名册"))
    kept = papers_kept(claim) if offer and offer.papers_by("uploaded") else {}
    for code in offer.papers_by("uploaded") if offer else ():
        if code not in kept:
            needs.append(_("还没有上传“%(paper)s”") % {"paper": offer.document(code)["label"]})
    return needs


def _account_of_unit() -> str:
    return _("本企业没有登记基本存款账户，补贴只能拨付至基本账户；请先到受理机构登记")


def unconfirmed(claim: Claim) -> list[str]:
    """The labels of what was stated for lines to be paid and nobody has confirmed."""
    rows = claim.statements.filter(replaced_at__isnull=True, state=StatementState.STATED)
    lines = set(claim.lines.filter(state__in=HANDED_IN_WITH).values_list("pk", flat=True))
    specs = load_policy(claim.policy).fact_specs
    return [specs[row.fact].label for row in rows if row.line_id is None or row.line_id in lines]
