"""The agencies' banks, a day of one of them reconciled, and a payee that wants another account."""

import datetime as dt
from itertools import cycle

from peibu.accounts.models import Unit
from peibu.demo.loader.players import Players
from peibu.gateways.bank.statements import Kind, Movement, StatementFile, statement_format
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.payments.actions import (
    import_statement,
    propose_change,
    run_reconciliation,
    set_channel,
    start_reconciliation,
)
from peibu.payments.channels import terms_of
from peibu.payments.enums import Ability, PaymentState
from peibu.payments.models import Payment, Reconciliation

OPENING_FEN = 80_000_000
FEE_FEN = 1_500
NEXT_MORNING = dt.timedelta(hours=16)
DAY = dt.timedelta(days=1)


def open_banks(players: Players, *, at: dt.datetime) -> None:
    """Each agency has a bank of one of the three kinds; the accounts are invented."""
    bureau = players.by_key("o-370200-hrss-city_bureau-1")
    kinds = cycle((Ability.ASKED, Ability.KEYED, Ability.NEITHER))
    for serial, agency in enumerate(Unit.objects.filter(kind="agency").order_by("name"), start=1):
        set_channel(
            agency=agency,
            format="generic_txt",
            statement_format_code="camt.053" if serial % 2 else "generic_txt",
            ability=next(kinds),
            payer_name=f"{agency.name}补贴专户",
            payer_account=f"3701{serial:013d}",
            by=bureau,
            at=at,
        )


def reconcile_a_day(players: Players) -> Reconciliation | None:
    """The bank's record of the day of the last payment: it agrees, but for a fee the bank had no right to."""
    last = Payment.objects.filter(state=PaymentState.PAID).order_by("-settled_on", "-pk").first()
    if last is None:
        return None
    agency, on = last.batch.agency, last.settled_on
    paid = Payment.objects.filter(batch__agency=agency, settled_on=on, state=PaymentState.PAID).order_by("pk")
    lines = [Movement(Kind.PAYMENT, -p.amount_fen, p.key, p.bank_reference, p.payee_name, "补贴") for p in paid]
    lines.append(Movement(Kind.OTHER, -FEE_FEN, "", f"FEE{on:%Y%m%d}", "演示银行", "账户管理费"))
    terms, by = terms_of(agency), players.of("finance", agency)
    closing = OPENING_FEN + sum(line.amount_fen for line in lines)
    told = StatementFile(terms.payer_account, on, OPENING_FEN, closing, tuple(lines))
    form = statement_format(terms.statement_format)
    at = dt.datetime.combine(on, dt.time(17), tzinfo=last.intended_at.tzinfo) + NEXT_MORNING
    name = f"{on:%Y%m%d}对账单.{form.ending}"
    statement = import_statement(agency=agency, name=name, content=form.write(told), by=by, at=at)
    return run_reconciliation(run=start_reconciliation(statement=statement, by=by, at=at), by=by, at=at)


def propose_an_account(players: Players, *, at: dt.datetime) -> None:
    """A payee without money on the way has proposed another account; its second person has yet to confirm."""
    last = Payment.objects.filter(state=PaymentState.PAID).order_by("settled_on", "pk").first()
    if last is None:
        return
    paper = plain_pdf(
        title="基本存款账户信息（演示）",
        parts=[
            Part(heading="存款人", paragraphs=[last.payee.name]),
            Part(heading="开户银行", paragraphs=["演示银行"]),
        ],
        dated=at.date(),
    )
    propose_change(
        unit=last.payee,
        bank_name="演示银行青岛分行",
        number="6228480099000000017",
        reason="原开户网点撤并",
        name="基本存款账户信息.pdf",
        content=paper,
        by=players.of("enterprise", last.payee),
        at=at - DAY,
    )
