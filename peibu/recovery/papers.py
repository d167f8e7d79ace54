"""The letters of a recovery: the notice before it is decided, and the decision."""

import datetime as dt

from django.utils import timezone

from peibu.kernel.masks import mask_name
from peibu.kernel.workdays import default_calendar
from peibu.papers.recovery_letters import RecoveryLetterData, RecoveryLine, recovery_letter_pdf
from peibu.recovery.models import Recovery
from peibu.recovery.permissions import APPEAL_DAYS
from peibu.rulebook import Policy, load_policy

NO_INTEREST = "文件没有规定利息，本次追回不计利息。"


def notice_letter(recovery: Recovery, *, reason: str, on: dt.date) -> bytes:
    """追回告知书: no decision yet; what is meant to be asked for, and how to be heard."""
    policy = load_policy(recovery.claim.policy)
    heard, counts = (_days(policy, f"recovery_{word}_working_days", on) for word in ("hearing", "delivery"))
    intro = (
        f"你单位依据《{policy.card['title']}》（{policy.card['document_number']}）领取的补贴（申领编号："
        f"{recovery.claim.case.number}）已经拨付。{_ground(recovery)}拟追回下列款项，现将事实、依据和权利告知如下。"
        f"{reason.strip()}"
    )
    ways = [
        f"请登录本平台签收本告知书；自送达之日起{counts}个工作日未签收的，期满视为送达。",
        f"自签收之日起{heard}个工作日内，可以在本平台提交陈述申辩和材料，也可以表示无异议；逾期视为放弃。",
        "陈述申辩不会使追回金额增加。决定由另一名工作人员作出，作出决定前不追回、不抵扣任何款项。",
    ]
    return _letter(recovery, policy, "补贴追回告知书", f"{recovery.case.number}-G", intro, ways, on)


def decision_letter(recovery: Recovery, *, reason: str, on: dt.date) -> bytes:
    """追回决定书: what is to be given back until when, and how to appeal, which suspends it."""
    policy = load_policy(recovery.claim.policy)
    end = default_calendar().deadline(on, _days(policy, APPEAL_DAYS, on))
    told = recovery.case.steps.filter(move="notify").order_by("-seq").first()
    intro = (
        f"关于追回补贴（申领编号：{recovery.claim.case.number}）一事，{timezone.localdate(told.at):%Y年%m月%d日}"
        f"已向你单位送达告知书。经审查，决定追回下列款项。理由：{reason.strip()}"
    )
    ways = [
        f"请在{recovery.case.due_on:%Y年%m月%d日}前将款项退回原拨付账户，并在附言中写明“{recovery.case.number}”；"
        f"确有困难的，可以申请分期。{NO_INTEREST}",
        f"对本决定不服的，可以在{end:%Y年%m月%d日}前（含当日）在本平台提出申诉；申诉期间暂停执行，不登记款项、不抵扣。",
        "申诉期满或者复核维持的，可以从你单位以后应得的同一资金的补贴中抵扣。",
        "也可以依法申请行政复议或者提起行政诉讼。",
    ]
    return _letter(recovery, policy, "补贴追回决定书", f"{recovery.case.number}-J", intro, ways, on)


def _letter(
    recovery: Recovery, policy: Policy, title: str, number: str, intro: str, ways: list[str], on: dt.date
) -> bytes:
    cites = {clause.id: clause.cite for clause in policy.clauses}
    lines = [
        RecoveryLine(
            name_masked=mask_name(line.claim_line.person.name),
            paid_fen=line.paid_fen,
            due_fen=line.due_fen,
            owed_fen=line.owed_fen,
            clause="、".join(cites.get(one, one) for one in line.clauses),
            reason=line.sentence,
        )
        for line in recovery.lines.select_related("claim_line__person")
    ]
    agency = recovery.case.agency
    return recovery_letter_pdf(
        RecoveryLetterData(
            title=title,
            number=number,
            recipient=recovery.claim.enterprise.name,
            intro=intro,
            nature=f"定性：{recovery.get_nature_display()}。{recovery.nature_reason}",
            lines=lines,
            ways=ways,
            contact=[("受理机构", agency.name)],
            issuer=agency.name,
            issued_on=on,
        )
    )


def _ground(recovery: Recovery) -> str:
    return "拨付后收到的资料改变了原来的结论，" if recovery.finding_id is None else "经核查认定存在问题，"


def _days(policy: Policy, name: str, on: dt.date) -> int:
    return int(policy.value(name, on=on))
