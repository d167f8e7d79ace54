"""The printed result of a public notice (公示结果): what was published, what was objected, what came of it."""

import datetime as dt

from django.conf import settings
from django.utils import timezone, translation

from peibu.casework.enums import ObjectionState
from peibu.casework.models import PublicNotice
from peibu.casework.notices import full_days, last_day
from peibu.papers.notices import NoticeLine, NoticeObjection, NoticeResultData, notice_result_pdf
from peibu.rulebook import load_policy


@translation.override("zh-hans")  # the paper is Chinese in whatever language the page is read
def result_pdf(notice: PublicNotice, *, on: dt.date) -> bytes:
    """The result as PDF. The list stands as it was published; what objections changed is told below it."""
    policy = load_policy(notice.policy)
    objections = [
        NoticeObjection(
            received_on=timezone.localdate(row.raised_at),
            about=f"名单第{row.line.position}项" if row.line_id else "整个公示",
            outcome=row.get_state_display(),
            decided_on=timezone.localdate(row.decided_at) if row.decided_at else None,
        )
        for row in notice.objections.select_related("line").order_by("raised_at")
    ]
    url = f"{settings.BASE_URL}/notices/{notice.number}/"
    return notice_result_pdf(
        NoticeResultData(
            title="公示结果",
            number=notice.number,
            policy_title=policy.card["title"],
            document_number=policy.card["document_number"],
            subject=notice.title,
            published_at_place=url,
            from_on=timezone.localdate(notice.opened_at),
            to_on=last_day(notice, on=on),
            working_days=full_days(notice, on=on),
            lines=[
                NoticeLine(
                    name_masked=line.columns["name"],
                    employer=line.columns["enterprise"],
                    amount_fen=line.columns["amount_fen"],
                )
                for line in notice.lines.order_by("position")
            ],
            objections=objections,
            outcome=_outcome(notice),
            contact=[("公示单位", notice.agency.name)],
            issuer=notice.agency.name,
            issued_on=on,
            verify_url=url,
            list_digest=("SHA-256（RFC 6962）", notice.root),
        )
    )


def _outcome(notice: PublicNotice) -> str:
    states = list(notice.objections.values_list("state", flat=True))
    waiting = states.count(ObjectionState.OPEN)
    if not states:
        return "公示期内未收到异议。"
    upheld = states.count(ObjectionState.UPHELD)
    told = f"公示期内收到异议{len(states)}件，成立{upheld}件，不成立{states.count(ObjectionState.DISMISSED)}件"
    return f"{told}，尚在核实{waiting}件，核实期间不拨付。" if waiting else f"{told}；异议成立的人员不予拨付。"
