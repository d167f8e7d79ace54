"""Addresses of the claims' desk: claims, their lines, notices, objections."""

from django.urls import path

from peibu.desk.views import claims, looks, notices, overdue, overrides, rechecks

urlpatterns = [
    path("claims/", claims.index, name="desk-claims"),
    path("claims/overdue/", overdue.overdue, name="desk-claims-overdue"),
    path("claims/lines/<uuid:line_id>/remove/", claims.remove, name="desk-claim-line-remove"),
    path("claims/lines/<uuid:line_id>/judge/", claims.judge, name="desk-claim-line-judge"),
    path("claims/lines/<uuid:line_id>/determination.zip", claims.bundle, name="desk-claim-line-bundle"),
    path("claims/statements/<uuid:statement_id>/", claims.check, name="desk-claim-statement"),
    path("claims/<uuid:claim_id>/answers/", claims.answer, name="desk-claim-answers"),
    path("claims/<uuid:claim_id>/again/", claims.again, name="desk-claim-again"),
    path("claims/<uuid:claim_id>/decision.pdf", claims.letter, name="desk-claim-letter"),
    path("claims/lines/<uuid:line_id>/as-known/", rechecks.as_known, name="desk-claim-line-as-known"),
    path("claims/lines/<uuid:line_id>/look/", looks.line, name="desk-claim-line-look"),
    path("claims/<uuid:claim_id>/look/", looks.clean, name="desk-claim-look-clean"),
    path("claims/lines/<uuid:line_id>/override/", overrides.propose, name="desk-claim-line-override"),
    path("overrides/", overrides.index, name="desk-overrides"),
    path("overrides/<uuid:override_id>/judge/", overrides.judge, name="desk-override-judge"),
    path("overrides/<uuid:override_id>/revoke/", overrides.revoke, name="desk-override-revoke"),
    path("rechecks/", rechecks.index, name="desk-rechecks"),
    path("rechecks/run/", rechecks.run, name="desk-rechecks-run"),
    path("rechecks/<uuid:recheck_id>/", rechecks.show, name="desk-recheck"),
    path("notices/", notices.index, name="desk-notices"),
    path("notices/publish/", notices.publish, name="desk-notice-publish"),
    path("notices/<uuid:notice_id>/", notices.show, name="desk-notice"),
    path("notices/<uuid:notice_id>/close/", notices.close, name="desk-notice-close"),
    path("objections/", notices.objections, name="desk-objections"),
]
