"""Papers of a claim: the roster of the people applied for, and the letter that tells the decision."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.determinations import bundle_of
from peibu.casework.enums import Purpose
from peibu.casework.models import CaseEvent, Document
from peibu.casework.processes import process_of
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.queries import lines_of
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_id, mask_name
from peibu.papers.class_papers import RosterColumn, RosterData, roster_pdf
from peibu.papers.decision_letters import DecisionLetterData, DecisionLine, decision_letter_pdf
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.papers.wording import yuan
from peibu.rulebook import Policy, load_policy

TITLE = "职业技能提升培训补贴申请人员花名册"
DECIDED = frozenset({"approved", "notice", "objection", "ready_to_pay", "paid", "refused"})
GRANTED = frozenset({LineState.INCLUDED, LineState.PAID})


def _included(claim: Claim) -> list[ClaimLine]:
    lines = list(lines_of(claim).filter(state__in=GRANTED))
    if not lines:
        raise Refused("申领中还没有符合条件的人员，无法生成花名册", "roster_empty", "请先录入票据并重新判定")
    return lines


def _fields(claim: Claim) -> list[tuple[str, str]]:
    found = [("申领人", claim.claimant_name), ("业务编号", claim.case.number)]
    if claim.enterprise is not None:
        found = [("申请单位", claim.enterprise.name), ("统一社会信用代码", claim.enterprise.organisation.uscc)]
    if claim.cohort is not None:
        found += [("培训班次", claim.cohort.name), ("培训承接单位", claim.cohort.provider.name)]
    elif claim.project:
        found.append(("项目", claim.project))
    return found if claim.enterprise is None else [*found, ("业务编号", claim.case.number)]


def roster_of(claim: Claim, *, on: dt.date) -> bytes:
    """The roster as PDF, to be stamped. Identity numbers stand in full: it goes to the agency, not to the public."""
    columns = [
        RosterColumn(title="姓名", weight=1.1),
        RosterColumn(title="公民身份号码", weight=2.2),
        RosterColumn(title="岗位", weight=1.5),
        RosterColumn(title="培训合格证书编号", weight=2.6),
        RosterColumn(title="考试成绩", weight=0.9),
        RosterColumn(title="补贴金额（元）", weight=1.3, align="right"),
    ]
    rows = [
        [
            line.name,
            line.person.id_number if line.person else "",
            line.enrolment.line.post if line.enrolment else "",
            line.certificate.serial if line.certificate else "",
            str(line.determination.facts.get("exam_score", "")),
            yuan(line.amount_fen),
        ]
        for line in _included(claim)
    ]
    rows.append(["合计", f"{len(rows)}人", "", "", "", yuan(claim.amount_fen)])
    return roster_pdf(RosterData(title=TITLE, fields=_fields(claim), columns=columns, rows=rows, printed_on=on))


def roster_table(claim: Claim, *, on: dt.date) -> bytes:
    """The same list as .xlsx; numbers masked, because a spreadsheet travels."""
    columns = [
        Column("序号", "serial"),
        Column("姓名", width=12),
        Column("公民身份号码", width=22, align="center"),
        Column("证书编号", width=26),
        Column("补贴金额（元）", "money"),
    ]
    rows = [
        [
            line.name,
            mask_id(line.person.id_number) if line.person else "",
            line.certificate.serial if line.certificate else "",
            line.amount_fen,
        ]
        for line in _included(claim)
    ]
    table = OfficeTable(
        title=TITLE,
        columns=columns,
        rows=rows,
        subtitle=[f"申请单位（盖章）：{claim.claimant_name}", f"班次（项目）：{claim.about}"],
        sign_off=["负责人：", "经办人：", f"填报日期：{on:%Y-%m-%d}"],
        dated=on,
    )
    return office_table(table)


LETTER = "decision_letter"
APPEAL_DAYS = ("六十日", "六个月")  # 行政复议法第二十条, 行政诉讼法第四十六条


def letter_of(claim: Claim) -> bytes:
    """The decision letter as it was kept when the decision was made; of older decisions it is made now. Refused before
    there is a decision."""
    if claim.case.state not in DECIDED:
        raise Refused("申领尚未审批，还没有决定告知书", "not_decided", "审批后可下载")
    kept = kept_letter(claim)
    if kept is not None:
        with kept.file.open("rb") as file:
            return file.read()
    return made_letter(claim)


def kept_letter(claim: Claim) -> Document | None:
    """The letter of the last decision with its hash."""
    rows = Document.objects.filter(subject_id=claim.pk, purpose=Purpose.OTHER, facts__paper=LETTER)
    return rows.order_by("-uploaded_at", "-id").first()


def made_letter(claim: Claim) -> bytes:
    """The letter of the decision that stands: each line with clause, facts and reason, and how and until when to appeal."""
    steps = CaseEvent.objects.filter(case=claim.case).order_by("seq")
    accepted = steps.filter(move="accept").last() or steps.last()
    decided = steps.filter(move__in=["approve", "refuse"]).last()
    policy = load_policy(claim.policy)
    flow = process_of(claim.policy, claim.case.process, on=timezone.localdate(decided.at))
    agency = claim.case.agency.name
    notice = [f"对上述决定有异议的，可在公示期内通过公示页面或向{agency}提出。"] if flow.has_notice else []
    review, suit = APPEAL_DAYS
    letter = DecisionLetterData(
        number=f"{claim.case.number}-J",
        recipient=claim.claimant_name,
        policy_title=policy.card["title"],
        document_number=policy.card["document_number"],
        application_number=claim.case.number,
        accepted_on=timezone.localdate(accepted.at),
        lines=[_decided(line, refusal=claim.case.state == "refused" and decided.reason) for line in lines_of(claim)],
        objection=[
            *notice,
            f"不服本决定的，可以自收到本告知书之日起{review}内依法申请行政复议，或者自收到之日起{suit}内依法提起行政诉讼。",
        ],
        contact=[("受理机构", agency)],
        issuer=agency,
        issued_on=timezone.localdate(decided.at),
    )
    return decision_letter_pdf(letter)


def keep_letter(claim: Claim, *, by: Actor, at: dt.datetime) -> Document:
    """Freeze the letter of a decision just made: a document with its hash; the page gives out this very file."""
    return keep_document(
        division=claim.division,
        subject_id=claim.pk,
        case=claim.case,
        purpose=Purpose.OTHER,
        name=f"审核决定告知书-{claim.case.number}.pdf",
        kind="pdf",
        content=made_letter(claim),
        facts={"paper": LETTER},
        by=by,
        at=at,
    )


def _word(line: ClaimLine, *, granted: bool) -> str:
    if granted:
        return "予以补贴"
    if line.state == LineState.HELD:
        return "暂缓"
    return "不予补贴" if line.determination.decision != "unknown" else "暂不纳入"


def _decided(line: ClaimLine, *, refusal: str | bool) -> DecisionLine:
    policy = load_policy(line.determination.policy)
    granted = line.state in GRANTED
    finding = _finding(line)
    waits = "公示期间有人提出异议，正在核实" if line.state == LineState.HELD else ""
    reason = _granted_why(line) if granted else waits or refusal or line.remark or finding["sentence"]
    return DecisionLine(
        name_masked=mask_name(line.person.name) if line.person else line.name,
        decision=_word(line, granted=granted),
        amount_fen=line.amount_fen if granted else None,
        clause=_cite(policy, finding["clause"]),
        reason=str(reason),
    )


def _cite(policy: Policy, clause: str) -> str:
    return next((one.cite for one in policy.clauses if one.id == clause and hasattr(one, "cite")), "") or clause


def cited_against(line: ClaimLine) -> str:
    """The clause that a line without money fails or waits for, as the letter cites it; "" for the others."""
    kept = line.determination
    if line.state in (*GRANTED, LineState.HELD) or kept.decision == "pass":
        return ""
    return _cite(load_policy(kept.policy), _finding(line)["clause"])


def _granted_why(line: ClaimLine) -> str:
    """That everything holds, or which limit 'in principle' was exceeded, why, and who agreed."""
    excepted = [one["sentence"] for one in line.determination.findings if one["status"] == "fail" and one["soft"]]
    return "；".join(["其余条件均符合", *excepted]) if excepted else "各项条件均符合"


def _finding(line: ClaimLine) -> dict:
    """The finding that carries the decision: the first that does not pass, else that of the amount."""
    findings = line.determination.findings
    told = [one for one in findings if one["status"] != "pass" and _carries(one, line.determination.decision)]
    return (told or [one for one in findings if one["rule"] == "fee_paid_first"] or findings)[0]


def _carries(finding: dict, decision: str) -> bool:
    """Does this finding lead to the decision? A failed soft one beside a pass is an exception, and is what to cite."""
    return finding["status"] == decision or decision == "pass" and finding["soft"]


def bundle_of_line(line: ClaimLine) -> tuple[str, bytes]:
    """File name and content of the verifiable bundle of a line's determination (`peibu verify`)."""
    return f"determination-{line.claim.case.number}-{line.position}.zip", bundle_of(line.determination)
