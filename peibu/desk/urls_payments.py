"""Addresses of payment: claims ready to pay, batches, returned payments, the book."""

from django.urls import path

from peibu.desk.views import budget, ledger, payments, returned_payments

urlpatterns = [
    path("", payments.show, name="desk-payments"),
    path("prepare/", payments.prepare, name="desk-payments-prepare"),
    path("batches/", payments.batches, name="desk-payment-batches"),
    path("batches/<uuid:batch_id>/", payments.batch, name="desk-payment-batch"),
    path("batches/<uuid:batch_id>/file/", payments.download, name="desk-payment-batch-file"),
    path("batches/<uuid:batch_id>/release/", payments.release, name="desk-payment-batch-release"),
    path("batches/<uuid:batch_id>/sent/", payments.sent, name="desk-payment-batch-sent"),
    path("batches/<uuid:batch_id>/cancel/", payments.cancel, name="desk-payment-batch-cancel"),
    path("batches/<uuid:batch_id>/reply/", payments.reply, name="desk-payment-batch-reply"),
    path("batches/<uuid:batch_id>/demo-bank/", payments.demo_bank, name="desk-payment-batch-demo-bank"),
    path("returned/<uuid:payment_id>/", returned_payments.show, name="desk-returned-payment"),
    path("returned/<uuid:payment_id>/correct/", returned_payments.correct, name="desk-returned-payment-correct"),
    path("returned/<uuid:payment_id>/approve/", returned_payments.approve, name="desk-returned-payment-approve"),
    path("returned/<uuid:payment_id>/reissue/", returned_payments.pay_again, name="desk-returned-payment-reissue"),
    path("ledger/", ledger.show, name="desk-ledger"),
    path("ledger/entries/", ledger.book, name="desk-ledger-entries"),
    path("ledger/beancount/", ledger.beancount, name="desk-ledger-beancount"),
    path("ledger/cases/<uuid:commitment_id>/", ledger.commitment, name="desk-ledger-commitment"),
    path("ledger/budget/", budget.show, name="desk-budget"),
    path("ledger/budget/appropriate/", budget.receive, name="desk-budget-appropriate"),
    path("ledger/budget/correct/<uuid:entry_id>/", budget.amend, name="desk-budget-correct"),
    path("ledger/budget/year-end/", budget.end_year, name="desk-budget-year-end"),
]
