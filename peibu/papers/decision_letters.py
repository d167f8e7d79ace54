"""补贴审核决定告知书: what was decided for each person, how much, by which clause, why, and how to object."""

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
class DecisionLine:
    """One person: ``decision`` as a word (予以补贴, 不予补贴 ...), ``amount_fen`` None where nothing is granted.

    ``clause`` is the cite of the document (三（四）), ``reason`` one sentence in plain words, as the judge gave it.
    """

    name_masked: str
    decision: str
    amount_fen: int | None
    clause: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionLetterData:
    """The facts of one letter. ``objection`` are sentences: where, until when, with what one may object."""

    number: str
    recipient: str
    policy_title: str
    document_number: str
    application_number: str
    accepted_on: date
    lines: Sequence[DecisionLine]
    objection: Sequence[str]
    contact: Sequence[tuple[str, str]]
    issuer: str
    issued_on: date
    title: str = "补贴审核决定告知书"
    verify_url: str = ""


def decision_letter_pdf(letter: DecisionLetterData) -> bytes:
    """The letter as PDF/A, portrait A4. Raises FieldRefused, GlyphGap, FontsMissing."""
    if not letter.lines:
        raise FieldRefused("告知书没有任何人员的审核结论，无法生成。请先完成审核。")
    unexplained = [str(n) for n, line in enumerate(letter.lines, start=1) if not (line.clause and line.reason)]
    if unexplained:
        raise FieldRefused(
            f"告知书第 {'、'.join(unexplained)} 人缺少依据条款或理由。"
            "每一项结论都须写明条款和理由，文件未生成；请补全。"
        )
    refuse_full_identity_numbers((f"{x.name_masked} {x.reason}" for x in letter.lines), "告知书")
    pictures = {"qr.svg": qr_picture(letter.verify_url)} if letter.verify_url else {}
    return typeset("decision_letter", _payload(letter), dated=letter.issued_on, pictures=pictures)


def _payload(letter: DecisionLetterData) -> dict[str, Any]:
    granted = [line.amount_fen for line in letter.lines if line.amount_fen is not None]
    return {
        "title": letter.title,
        "number": letter.number,
        "recipient": letter.recipient,
        "policy_title": letter.policy_title,
        "document_number": letter.document_number,
        "application_number": letter.application_number,
        "accepted_on": day(letter.accepted_on),
        "lines": [
            {
                "name_masked": line.name_masked,
                "decision": line.decision,
                "granted": line.amount_fen is not None,
                "amount": yuan(line.amount_fen),
                "clause": line.clause,
                "reason": line.reason,
            }
            for line in letter.lines
        ],
        "head_count": str(len(letter.lines)),
        "granted_count": str(len(granted)),
        "other_count": str(len(letter.lines) - len(granted)),
        "total": yuan(sum(granted)),
        "total_in_words": yuan_in_words(sum(granted)),
        "objection": list(letter.objection),
        "contact": [list(pair) for pair in letter.contact],
        "issuer": letter.issuer,
        "issued_on": day(letter.issued_on),
        "qr": "qr.svg" if letter.verify_url else None,
    }
