"""Statements over a direct line: every closed day since the last one we have, each compared as if a person had brought it."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.gateways.bank import BankRefuses, NoAnswer, Wire
from peibu.kernel.errors import Refused
from peibu.payments.actions.statements import import_statement, start_reconciliation
from peibu.payments.channels import terms_of, wire_named
from peibu.payments.models import Statement

MOST_DAYS = 31  # more are missing only after a long quarrel with the bank: then people bring the files


def fetch_statements(*, agency: Unit, by: Actor, at: dt.datetime, wire: Wire | None = None) -> list[Statement]:
    """Ask the agency's bank for every day since the last statement until yesterday, in order; the ones kept now.

    Stops at the first day the bank has not closed, because a later one would not connect. Without an earlier statement
    only yesterday is asked for. Refused: no direct line, and a bank that gives no answer (what came before it is kept);
    BankFileRefused when a statement cannot be believed.
    """
    terms = terms_of(agency)
    wire = wire or wire_named(terms.wire)
    if wire is None:
        raise Refused("本机构的银行没有直连线路", "no_wire", "请从网银下载对账单后在本页导入")
    kept = []
    for on in days_to_ask(agency, timezone.localdate(at)):
        try:
            content = wire.statement(terms.payer_account, f"{on:%Y%m%d}")
        except (NoAnswer, BankRefuses) as silence:
            told = f"银行没有给出{on:%Y-%m-%d}的对账单（{silence}）"
            raise Refused(told, "no_statement", "请稍后再取，或从网银下载后在本页导入") from silence
        if not content:
            break
        statement = import_statement(agency=agency, name="", content=content, by=by, at=at)
        kept.append(statement)
        if not statement.runs.exists():
            start_reconciliation(statement=statement, by=by, at=at)
    return kept


def days_to_ask(agency: Unit, today: dt.date) -> list[dt.date]:
    """The days from the last statement to yesterday, oldest first."""
    yesterday = today - dt.timedelta(days=1)
    last = Statement.objects.filter(agency=agency).order_by("-on").values_list("on", flat=True).first()
    first = last + dt.timedelta(days=1) if last else yesterday
    return [first + dt.timedelta(days=nth) for nth in range(min(MOST_DAYS, (yesterday - first).days + 1))]
