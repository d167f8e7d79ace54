"""What the enterprise adds to its claim: the provider's invoice and the signed roster (QD97.5.1)."""

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

from django.utils import timezone

from peibu import intake
from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.claims.actions.drafts import judge_all, locked_for_edit
from peibu.claims.enums import InvoiceKind, LineState
from peibu.claims.models import Claim
from peibu.claims.offers import offer_of
from peibu.claims.papers import roster_of
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan

SCANS = ("pdf", "jpg", "png")
NUMBER = re.compile(r"[0-9A-Z]{6,30}")
CODE = re.compile(r"[0-9A-Z]{0,20}")


def enter_invoice(
    *,
    claim: Claim,
    kind: str,
    code: str,
    number: str,
    amount_fen: int,
    on: dt.date,
    by: Actor,
    at: dt.datetime,
    name: str = "",
    content: bytes = b"",
) -> Claim:
    """Enter or correct the invoice with its scan, and judge everybody anew.

    Refused: unreadable number, day in the future, amount below fee times people, used in another claim, unfit scan.
    """
    code, number = _plain(code), _plain(number)
    _check_invoice(kind, code, number, amount_fen, on, today=timezone.localdate(at))
    with _naming_the_other(claim, code, number), refusing():
        locked = locked_for_edit(claim, by)
        if content:
            locked.invoice = keep_scan(locked, Purpose.INVOICE, name, content, by=by, at=at)
        if locked.invoice is None:
            raise Refused("尚未上传票据扫描件", "invoice_scan_missing", "请上传票据的扫描件或照片（PDF、JPG、PNG）")
        locked.invoice_kind, locked.invoice_code, locked.invoice_number = kind, code, number
        locked.invoice_fen, locked.invoice_on = amount_fen, on
        locked.save()
        judge_all(locked, by=by, at=at)
        _must_cover(locked)
    claim.refresh_from_db()
    return claim


def _plain(text: str) -> str:
    """Full-width digits become plain, blanks go: one invoice has one spelling."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _check_invoice(kind: str, code: str, number: str, amount_fen: int, on: dt.date, *, today: dt.date) -> None:
    if kind not in InvoiceKind.values:
        raise Refused("请选择票据类型", "invoice_kind_missing", "可选：行政事业性收费票据、税务发票")
    if not NUMBER.fullmatch(number) or not CODE.fullmatch(code):
        todo = "票据号码为6至30位数字或字母；代码按票面填写，没有可不填"
        raise Refused("票据代码或号码格式不正确", "invoice_number_unfit", todo)
    if amount_fen <= 0:
        raise Refused("票据金额须大于0", "invoice_amount_unfit", "请按票面价税合计填写")
    if on > today:
        raise Refused(f"开票日期{on:%Y-%m-%d}晚于今天", "invoice_in_the_future", "请按票面日期填写")


@contextlib.contextmanager
def _naming_the_other(claim: Claim, code: str, number: str) -> Iterator[None]:
    """A used invoice is refused with the other claim's number, and nothing else of it."""
    try:
        yield
    except Refused as refusal:
        if refusal.code != "an_invoice_is_used_once":
            raise
        rows = Claim.objects.filter(invoice_code=code, invoice_number=number, invoice_active=True)
        other = rows.exclude(pk=claim.pk).select_related("case").first()
        named = f"（业务编号{other.case.number}）" if other else ""
        told = f"票据{number}已用于另一件补贴申领{named}"
        raise Refused(told, refusal.code, "请核对票据代码和号码；一张票据只能申领一次") from refusal


def _must_cover(claim: Claim) -> None:
    short = shortfall(claim)
    if short:
        raise Refused(short, "invoice_below_fees", "请核对票据金额，或上传覆盖全部申领人员培训费的票据")


def shortfall(claim: Claim) -> str:
    """Why the invoice does not cover the fees of the included people; empty when it does."""
    people = claim.lines.filter(state=LineState.INCLUDED).count()
    needed = claim.fee_fen * people
    if (claim.invoice_fen or 0) >= needed:
        return ""
    have = yuan(claim.invoice_fen or 0)
    return f"票据金额{have}元，少于{people}人的培训费{yuan(needed)}元（每人{yuan(claim.fee_fen)}元）"


def attach_paper(*, claim: Claim, code: str, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep a paper that the folder asks for with this claim; a later one of the same code takes its place.

    Refused: a paper nobody asks for, not the claimant, handed in already, an unfit file.
    """
    with refusing():
        locked = locked_for_edit(claim, by)
        offer = offer_of(locked.policy, locked.subject)
        if offer is None or code not in offer.papers_by("uploaded", "optional"):
            raise Refused("本项申领不需要这份材料", "paper_not_asked", "请从列出的材料中选择")
        return keep_scan(locked, Purpose.EVIDENCE, name, content, by=by, at=at, facts={"code": code})


def keep_scan(
    claim: Claim,
    purpose: str,
    name: str,
    content: bytes,
    *,
    by: Actor,
    at: dt.datetime,
    facts: dict | None = None,
) -> Document:
    """Keep a file of a claim; Refused when it is neither PDF nor picture, or unfit."""
    upload = intake.inspect_upload(name, content, allow=SCANS)
    if upload.problems:
        told = "；".join(problem.what for problem in upload.problems)
        raise Refused(f"文件“{name[:60]}”不能保存：{told}", "scan_unfit", upload.problems[0].todo)
    return keep_document(
        division=claim.division,
        subject_id=claim.pk,
        case=claim.case,
        purpose=purpose,
        name=name,
        kind=upload.kind,
        content=upload.content,
        facts=upload.facts | (facts or {}),
        by=by,
        at=at,
    )


def attach_roster(*, claim: Claim, name: str, content: bytes, by: Actor, at: dt.datetime) -> Claim:
    """Keep the scanned, stamped roster of the claim."""
    with refusing():
        locked = locked_for_edit(claim, by)
        locked.roster = keep_scan(locked, Purpose.CLAIM_ROSTER, name, content, by=by, at=at)
        locked.save(update_fields=["roster"])
    claim.refresh_from_db()
    return claim


def make_roster(*, claim: Claim, by: Actor, at: dt.datetime) -> Claim:
    """Keep the roster the system prints from the included people. It lapses when the people change."""
    with refusing():
        locked = locked_for_edit(claim, by)
        content = roster_of(locked, on=timezone.localdate(at))
        locked.roster = keep_document(
            division=locked.division,
            subject_id=locked.pk,
            case=locked.case,
            purpose=Purpose.CLAIM_ROSTER,
            name=f"补贴申请人员花名册-{locked.case.number}.pdf",
            kind="pdf",
            content=content,
            facts={"made_here": True},
            by=by,
            at=at,
        )
        locked.save(update_fields=["roster"])
    claim.refresh_from_db()
    return claim
