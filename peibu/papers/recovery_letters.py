"""追回告知书 and 追回决定书: what is to be given back for each person, from which sum, by which clause, and what the party
can do about it until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peibu.papers.errors import FieldRefused
from peibu.papers.privacy import refuse_full_identity_numbers
from peibu.papers.typesetting import typeset
from peibu.papers.wording import day, yuan, yuan_in_words


@dataclass(frozen=True, kw_only=True)
class RecoveryLine:
    """One person: paid, due by what is known now and owed, in fen (owed = paid - due); clause as cited; one sentence."""

    name_masked: str
    paid_fen: int
    due_fen: int
    owed_fen: int
    clause: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecoveryLetterData:
    """The facts of one letter. ``intro`` opens it, ``ways`` are sentences: how to answer, pay or appeal, until when."""

    title: str
    number: str
    recipient: str
    intro: str
    nature: str
    lines: Sequence[RecoveryLine]
    ways: Sequence[str]
    contact: Sequence[tuple[str, str]]
    issuer: str
    issued_on: date


def recovery_letter_pdf(letter: RecoveryLetterData) -> bytes:
    """The letter as PDF/A, portrait A4. Raises FieldRefused, GlyphGap, FontsMissing."""
    if not letter.lines:
        raise FieldRefused("追回文书没有任何人员，无法生成。请先核算应退金额。")
    wrong = [str(n) for n, line in enumerate(letter.lines, start=1) if not _adds_up(line)]
    if wrong:
        raise FieldRefused(
            f"追回文书第 {'、'.join(wrong)} 人缺少依据条款或说明，或应退不等于已付减应得。文件未生成；请核对。"
        )
    refuse_full_identity_numbers((f"{x.name_masked} {x.reason}" for x in letter.lines), letter.title)
    total = sum(line.owed_fen for line in letter.lines)
    payload = {
        "title": letter.title,
        "number": letter.number,
        "recipient": letter.recipient,
        "intro": letter.intro,
        "nature": letter.nature,
        "lines": [
            {
                "name_masked": line.name_masked,
                "paid": yuan(line.paid_fen),
                "due": yuan(line.due_fen),
                "owed": yuan(line.owed_fen),
                "clause": line.clause,
                "reason": line.reason,
            }
            for line in letter.lines
        ],
        "total": yuan(total),
        "total_in_words": yuan_in_words(total),
        "ways": list(letter.ways),
        "contact": [list(pair) for pair in letter.contact],
        "issuer": letter.issuer,
        "issued_on": day(letter.issued_on),
    }
    return typeset("recovery_letter", payload, dated=letter.issued_on)


def _adds_up(line: RecoveryLine) -> bool:
    return bool(line.clause and line.reason) and line.owed_fen == line.paid_fen - line.due_fen > 0
