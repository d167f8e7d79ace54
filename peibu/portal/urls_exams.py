"""Addresses of examination and certificates."""

from django.urls import path

from peibu.portal.views import certificates, credentials, exam_scores, exams, survey, verify

urlpatterns = [
    path("provider/exams/", exams.index, name="provider-exams"),
    path("provider/exams/open/<uuid:cohort_id>/", exams.open_exam, name="provider-exam-open"),
    path("provider/exams/<uuid:exam_id>/", exams.show, name="provider-exam"),
    path("provider/exams/<uuid:exam_id>/time/", exams.time, name="provider-exam-time"),
    path("provider/exams/<uuid:exam_id>/paper/", exams.paper, name="provider-exam-paper"),
    path("provider/exams/<uuid:exam_id>/share/", exams.share, name="provider-exam-share"),
    path("provider/exams/<uuid:exam_id>/sample/", exams.sample, name="provider-exam-sample"),
    path("provider/exams/<uuid:exam_id>/supervisors/", exams.supervisors, name="provider-exam-supervisors"),
    path("provider/exams/<uuid:exam_id>/third-party/", exams.third_party, name="provider-exam-third-party"),
    path("provider/exams/<uuid:exam_id>/graders/", exams.graders, name="provider-exam-graders"),
    path("provider/exams/<uuid:exam_id>/file/", exams.file, name="provider-exam-file"),
    path("provider/exams/<uuid:exam_id>/scores/", exam_scores.sheet, name="provider-exam-scores"),
    path("provider/exams/<uuid:exam_id>/scores/import/", exam_scores.import_file, name="provider-exam-import"),
    path("provider/exams/<uuid:exam_id>/scores/template.xlsx", exam_scores.template, name="provider-exam-template"),
    path("provider/exams/<uuid:exam_id>/seal/", exam_scores.seal, name="provider-exam-seal"),
    path("exams/documents/<uuid:document_id>/", exams.document, name="exam-document"),
    path("survey/<str:token>/", survey.answer, name="survey"),
    path("survey/<str:token>/qr.svg", survey.qr, name="survey-qr"),
    path("provider/certificates/", certificates.index, name="provider-certificates"),
    path("provider/certificates/<uuid:cohort_id>/", certificates.show, name="provider-certificate-batch"),
    path("provider/certificates/<uuid:cohort_id>/report/", certificates.report, name="provider-certificate-report"),
    path("provider/certificates/<uuid:cohort_id>/book/", certificates.make_book, name="provider-certificate-book"),
    path("enterprise/certificates/", certificates.of_enterprise, name="enterprise-certificates"),
    path("trainee/certificates/", certificates.of_trainee, name="trainee-certificates"),
    path("certificates/<uuid:certificate_id>.pdf", certificates.pdf, name="certificate-pdf"),
    path("certificates/book/<uuid:batch_id>.pdf", certificates.book, name="certificate-book"),
    path("certificates/files/<uuid:batch_id>.zip", certificates.files, name="certificate-files"),
    path("certificates/<uuid:certificate_id>.jwt", credentials.credential, name="certificate-credential"),
    path("credentials/status/<uuid:batch_id>/", credentials.status_list, name="credential-status"),
    path("issuers/<str:code>/did.json", credentials.key_document, name="credential-key"),
    path("certificates/progress/<uuid:progress_id>/", certificates.progress, name="certificate-progress"),
    path("verify/", verify.ask, name="verify"),
    path("verify/file/", verify.by_file, name="verify-file"),
    path("verify/<str:serial>/", verify.by_link, name="verify-link"),
]
