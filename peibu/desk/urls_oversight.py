"""Addresses of archives, findings, credit and audit."""

from django.urls import path

from peibu.desk.views import archive, audit, findings

urlpatterns = [
    path("archive/", archive.index, name="desk-archive"),
    path("classes/<uuid:cohort_id>/", archive.show, name="desk-class"),
    path("findings/", findings.index, name="desk-findings"),
    path("findings/<uuid:finding_id>/", findings.show, name="desk-finding"),
    path("findings/<uuid:finding_id>/photos/<uuid:document_id>/", findings.photo, name="desk-finding-photo"),
    path("credit/", findings.credits_list, name="desk-credits"),
    path("credit/<uuid:unit_id>/", findings.credit, name="desk-credit"),
    path("audit/", audit.home, name="desk-audit"),
    path("history/", audit.deeds, name="desk-history"),
    path("history/<slug:kind>/<uuid:pk>/", audit.row, name="desk-row-history"),
]
