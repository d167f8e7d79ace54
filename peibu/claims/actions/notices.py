"""Approved claims go on public notice, several together (QD97.5.3). Only masked, allowed columns leave the house."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.actions import move_case
from peibu.casework.models import PublicNotice
from peibu.casework.notices import Entry, publish
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_name
from peibu.rulebook import load_policy

OWN = "个人申领"


@transaction.atomic
def publish_claims(*, claims: Sequence[Claim], by: Actor, at: dt.datetime) -> PublicNotice:
    """One notice of several approved claims of one agency and policy. Refused as a whole when one does not fit."""
    if not claims:
        raise Refused("未选择要公示的申领", "nothing_chosen", "请勾选已审批的申领")
    if by.role != Role.AGENCY_REVIEWER:
        raise Refused("您的岗位不能发布公示", "not_your_role", "请由公共就业服务机构审核岗发布")
    if len({(claim.policy, claim.case.agency_id) for claim in claims}) > 1:
        raise Refused("所选申领不属于同一政策和同一受理机构", "mixed_notice", "请分批发布公示")
    locked = list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=[c.pk for c in claims]).order_by("pk"))
    early = [claim.case.number for claim in locked if claim.case.state != "approved"]
    if early:
        raise Refused(f"下列申领不在待公示状态：{'、'.join(early)}", "not_approved", "请刷新页面后重新选择")
    notice = notice_for(locked, by=by, at=at)
    for claim in locked:
        move_case(case=claim.case, move="publish", by=by, at=at, reason=f"公示{notice.number}")
    return notice


def notice_for(claims: Sequence[Claim], *, by: Actor, at: dt.datetime) -> PublicNotice:
    """The snapshot of the included people of these claims."""
    card = load_policy(claims[0].policy).card
    lines = ClaimLine.objects.filter(claim__in=claims, state=LineState.INCLUDED)
    lines = lines.select_related(
        "claim__case__agency", "claim__enterprise", "claim__person", "claim__cohort", "claim__held", "person"
    )
    entries = [
        Entry(
            case=line.claim.case,
            subject_id=line.pk,
            columns={
                "programme": card["title"],
                "policy_number": card["document_number"],
                "enterprise": line.claim.enterprise.name if line.claim.enterprise else OWN,
                "cohort": line.claim.cohort.name if line.claim.cohort else _what(line.claim),
                "name": mask_name(line.person.name) if line.person else line.claim.project,
                "amount_fen": line.amount_fen,
            },
        )
        for line in lines.order_by("claim__case__number", "position")
    ]
    agency = claims[0].case.agency
    title = f"{card['title']}补贴拟发放名单公示（{agency.division.name}）"
    return publish(entries=entries, policy=claims[0].policy, title=title, agency=agency, by=by, at=at)


def _what(claim: Claim) -> str:
    """What is paid for, without the number of anybody's certificate."""
    return claim.held.get_kind_display() if claim.held else claim.project
