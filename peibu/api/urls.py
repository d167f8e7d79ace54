"""Addresses for other systems."""

from django.urls import include, path

urlpatterns = [
    path("xapi/1.0/", include("peibu.api.xapi.urls")),
    path("intake/", include("peibu.api.intake.urls")),
    path("xapi/", include("peibu.api.xapi.urls")),
]
