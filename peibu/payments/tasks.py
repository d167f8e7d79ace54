"""What runs by itself: account changes come into force, calls to the bank that got no answer are closed."""

import logging

import pghistory
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework import progress
from peibu.kernel.errors import PeibuError
from peibu.payments.actions.changes import bring_into_force
from peibu.payments.actions.fetching import fetch_statements
from peibu.payments.actions.sending import declare_unknown, nothing_heard
from peibu.payments.actions.statements import run_reconciliation
from peibu.payments.enums import BatchState, DeliveryOutcome, RunState
from peibu.payments.models import BankChannel, PaymentBatch, Reconciliation

log = logging.getLogger(__name__)


@app.task(name="payments.reconcile", queue="papers")
def reconcile(*, run: str, role: str) -> None:
    """Compare a day of the bank with the book, for whoever asked for it."""
    row = Reconciliation.objects.select_related("statement__agency", "started_by").get(pk=run)
    by = Actor(user=row.started_by, role=role, unit=row.statement.agency)
    try:
        with pghistory.context(user=str(row.started_by_id), role=role):
            run_reconciliation(run=row, by=by, at=row.started_at)
    except PeibuError as error:
        _failed(row, error.sentence())
    except Exception:
        _failed(row, _("对账没有完成。请稍后重试；仍不成功请联系系统管理员"))
        raise


def _failed(row: Reconciliation, words: str) -> None:
    Reconciliation.objects.filter(pk=row.pk).update(state=RunState.FAILED)
    progress.finish(row.progress_id, problem=words)


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="account_changes")
def account_changes(timestamp: int) -> None:
    """Every hour, because the demo's clock may jump over midnight at any time."""
    bring_into_force(at=clock.now())


@app.periodic(cron="30 6 * * *")
@app.task(queueing_lock="bank_statements")
def bank_statements(timestamp: int) -> None:
    """Every morning what the banks with a direct line have closed; one silent bank does not keep the others waiting."""
    for channel in BankChannel.objects.exclude(wire="").select_related("agency"):
        try:
            fetch_statements(agency=channel.agency, by=SYSTEM, at=clock.now())
        except PeibuError as error:
            log.warning("%s: %s", channel.agency.name, error.sentence())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="lost_results")
def lost_results(timestamp: int) -> None:
    """Calls without an end, and files without a reply for so many working days."""
    now = clock.now()
    for batch in PaymentBatch.objects.filter(deliveries__outcome=DeliveryOutcome.OPEN):
        declare_unknown(batch=batch, at=now)
    for batch in PaymentBatch.objects.filter(state=BatchState.SENT):
        nothing_heard(batch=batch, at=now)
