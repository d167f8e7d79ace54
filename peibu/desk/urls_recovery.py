"""Addresses of recoveries at the desk."""

from django.urls import path

from peibu.desk.views import recoveries

urlpatterns = [
    path("", recoveries.index, name="desk-recoveries"),
    path("claims/<uuid:claim_id>/", recoveries.open_for_claim, name="desk-recovery-of-claim"),
    path("findings/<uuid:finding_id>/", recoveries.open_for_finding, name="desk-recovery-of-finding"),
    path("<uuid:recovery_id>/returned/", recoveries.enter, name="desk-recovery-returned"),
    path("<uuid:recovery_id>/bank-lines/<uuid:line_id>/", recoveries.take_line, name="desk-recovery-bank-line"),
    path("<uuid:recovery_id>/set-off/", recoveries.keep_back, name="desk-recovery-set-off"),
    path("<uuid:recovery_id>/refund/", recoveries.repay, name="desk-recovery-refund"),
    path("<uuid:recovery_id>/instalments/", recoveries.instalments, name="desk-recovery-instalments"),
    path("<uuid:recovery_id>/lines/<uuid:line_id>/", recoveries.drop_line, name="desk-recovery-leave-out"),
]
