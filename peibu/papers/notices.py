"""公示结果: the printed result of a public notice (QD97.5.3). Names come masked; sums are made here, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peibu.papers.errors import FieldRefused
from peibu.papers.privacy import refuse_full_identity_numbers
from peibu.papers.qr import qr_picture
from peibu.papers.typesetting import typeset
from peibu.papers.wording import day, yuan, yuan_in_words


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One person of the list. ``id_number_masked`` may be empty; the column appears when any line has it."""

    name_masked: str
    employer: str
    amount_fen: int
    id_number_masked: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeObjection:
    """One objection raised in the period and how it ended. ``about`` must not name the objector."""

    received_on: date
    about: str
    outcome: str
    decided_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeResultData:
    """The facts of a notice result. ``working_days`` is counted by the caller (kernel calendar), never here.

    ``subject`` names what was published, e.g. 2020年第3批工业互联网职业技能提升培训补贴拟发放名单. ``list_digest`` is
    printed when given: (algorithm, value), the fingerprint under which the list was published.
    """

    title: str
    number: str
    policy_title: str
    document_number: str
    subject: str
    published_at_place: str
    from_on: date
    to_on: date
    working_days: int
    lines: Sequence[NoticeLine]
    objections: Sequence[NoticeObjection]
    outcome: str
    contact: Sequence[tuple[str, str]]
    issuer: str
    issued_on: date
    verify_url: str = ""
    list_digest: tuple[str, str] | None = None


def notice_result_pdf(notice: NoticeResultData) -> bytes:
    """The notice result as PDF/A, portrait A4. Raises FieldRefused, GlyphGap, FontsMissing."""
    if not notice.lines:
        raise FieldRefused("公示名单为空，无法生成公示结果。请先确认公示批次中有人员。")
    refuse_full_identity_numbers(
        (f"{x.name_masked} {x.id_number_masked} {x.employer}" for x in notice.lines), "公示名单"
    )
    refuse_full_identity_numbers((f"{x.about} {x.outcome}" for x in notice.objections), "异议处理")
    pictures = {"qr.svg": qr_picture(notice.verify_url)} if notice.verify_url else {}
    return typeset("notice_result", _payload(notice), dated=notice.issued_on, pictures=pictures)


def _payload(notice: NoticeResultData) -> dict[str, Any]:
    total = sum(line.amount_fen for line in notice.lines)
    return {
        "title": notice.title,
        "number": notice.number,
        "policy_title": notice.policy_title,
        "document_number": notice.document_number,
        "subject": notice.subject,
        "place": notice.published_at_place,
        "from_on": day(notice.from_on),
        "to_on": day(notice.to_on),
        "working_days": str(notice.working_days),
        "with_id_numbers": any(line.id_number_masked for line in notice.lines),
        "lines": [[x.name_masked, x.id_number_masked, x.employer, yuan(x.amount_fen)] for x in notice.lines],
        "employers": _by_employer(notice.lines),
        "head_count": str(len(notice.lines)),
        "total": yuan(total),
        "total_in_words": yuan_in_words(total),
        "objections": [
            [day(x.received_on), x.about, x.outcome, day(x.decided_on) if x.decided_on else "—"]
            for x in notice.objections
        ],
        "outcome": notice.outcome,
        "contact": [list(pair) for pair in notice.contact],
        "issuer": notice.issuer,
        "issued_on": day(notice.issued_on),
        "qr": "qr.svg" if notice.verify_url else None,
        "list_digest": list(notice.list_digest) if notice.list_digest else None,
    }


def _by_employer(lines: Sequence[NoticeLine]) -> list[list[str]]:
    """(employer, persons, amount) in order of first appearance: the money goes to the employer (QD97.4.2)."""
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        persons, amount = sums.get(line.employer, (0, 0))
        sums[line.employer] = (persons + 1, amount + line.amount_fen)
    return [[employer, str(persons), yuan(amount)] for employer, (persons, amount) in sums.items()]
