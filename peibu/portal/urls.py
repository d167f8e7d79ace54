"""Addresses of this room."""

from django.urls import include, path

urlpatterns = [
    path("", include("peibu.portal.urls_calls")),
    path("", include("peibu.portal.urls_claims")),
    path("", include("peibu.portal.urls_recovery")),
    path("", include("peibu.portal.urls_attendance")),
    path("", include("peibu.portal.urls_phone")),
    path("", include("peibu.portal.urls_archive")),
    path("", include("peibu.portal.urls_courses")),
    path("", include("peibu.portal.urls_exams")),
    path("", include("peibu.portal.urls_examining")),
    path("", include("peibu.portal.urls_provider")),
    path("", include("peibu.portal.urls_enterprise")),
    path("", include("peibu.portal.urls_catalogue")),
    path("", include("peibu.portal.urls_public")),
]
