"""承诺书: the text that was accepted, with version, time and account (QD97.3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peibu.papers.errors import FieldRefused
from peibu.papers.qr import qr_picture
from peibu.papers.typesetting import typeset
from peibu.papers.wording import BEIJING, day, moment


@dataclass(frozen=True, kw_only=True)
class CommitmentData:
    """What was promised and how it was accepted.

    ``accepted_at`` must carry a time zone. ``text_digest`` is (algorithm, value) of the accepted text, so that the
    print can be held against the stored version.
    """

    title: str
    version: str
    party: str
    party_number: str
    opening: str
    commitments: Sequence[str]
    accepted_at: datetime
    account: str
    accepted_by: str
    text_digest: tuple[str, str] | None = None
    verify_url: str = ""


def commitment_pdf(commitment: CommitmentData) -> bytes:
    """The commitment as PDF/A, portrait A4. Raises FieldRefused, GlyphGap, FontsMissing, ValueError (no zone)."""
    if not commitment.commitments:
        raise FieldRefused("承诺书没有承诺事项，无法生成。")
    payload: dict[str, Any] = {
        "title": commitment.title,
        "version": commitment.version,
        "party": commitment.party,
        "party_number": commitment.party_number,
        "opening": commitment.opening,
        "commitments": list(commitment.commitments),
        "accepted_at": moment(commitment.accepted_at),
        "accepted_on": day(commitment.accepted_at.astimezone(BEIJING)),
        "account": commitment.account,
        "accepted_by": commitment.accepted_by,
        "text_digest": list(commitment.text_digest) if commitment.text_digest else None,
        "qr": "qr.svg" if commitment.verify_url else None,
    }
    pictures = {"qr.svg": qr_picture(commitment.verify_url)} if commitment.verify_url else {}
    return typeset("commitment", payload, dated=commitment.accepted_at.astimezone(BEIJING).date(), pictures=pictures)
