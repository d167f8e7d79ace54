"""Addresses of examination and certificates for officers."""

from django.urls import path

from peibu.desk.views import exams

urlpatterns = [
    path("exams/", exams.index, name="desk-exams"),
    path("exams/<uuid:exam_id>/", exams.show, name="desk-exam"),
    path("exams/<uuid:exam_id>/confirm/<uuid:supervisor_id>/", exams.confirm, name="desk-exam-confirm"),
    path("certificates/", exams.certificates, name="desk-certificates"),
    path("certificates/<uuid:certificate_id>/revoke/", exams.revoke, name="desk-certificate-revoke"),
]
