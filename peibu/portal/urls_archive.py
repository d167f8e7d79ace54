"""Addresses of archives: the provider's, and the check of a package for everybody."""

from django.urls import path

from peibu.portal.views import archive

CLASS = "provider/classes/<uuid:cohort_id>/archive/"
urlpatterns = [
    path("provider/archive/", archive.index, name="provider-archive"),
    path(CLASS, archive.show, name="class-archive"),
    path(f"{CLASS}papers/", archive.papers, name="class-archive-papers"),
    path(f"{CLASS}papers/<uuid:document_id>/", archive.paper, name="class-archive-paper"),
    path(f"{CLASS}report/", archive.report, name="class-archive-report"),
    path(f"{CLASS}start/", archive.start, name="class-archive-start"),
    path(f"{CLASS}package.zip", archive.package, name="class-archive-package"),
    path("archive-check/", archive.check, name="archive-check"),
]
