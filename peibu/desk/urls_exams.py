"""Addresses of examination and certificates for officers."""

from django.urls import path

from peibu.desk.views import exam_room, exams

urlpatterns = [
    path("exams/", exams.index, name="desk-exams"),
    path("exams/<uuid:exam_id>/", exams.show, name="desk-exam"),
    path("exams/<uuid:exam_id>/confirm/<uuid:supervisor_id>/", exams.confirm, name="desk-exam-confirm"),
    path("exams/<uuid:exam_id>/watch/", exam_room.watch, name="desk-exam-watch"),
    path("exams/<uuid:exam_id>/corrections/<uuid:correction_id>/", exam_room.correction, name="desk-exam-correction"),
    path("exams/<uuid:exam_id>/resits/<uuid:resit_id>/", exam_room.resit, name="desk-exam-resit"),
    path(
        "exams/<uuid:exam_id>/resits/<uuid:resit_id>/watched/", exam_room.watched_resit, name="desk-exam-resit-watched"
    ),
    path("certificates/", exams.certificates, name="desk-certificates"),
    path("certificates/<uuid:certificate_id>/revoke/", exams.revoke, name="desk-certificate-revoke"),
]
