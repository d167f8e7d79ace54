"""Addresses of the simple intake (docs/reference/learning-intake.md)."""

from django.urls import path

from peibu.api.intake import views

urlpatterns = [
    path("files/<slug:kind>", views.upload, name="intake-file"),
    path("failures", views.failures, name="intake-failures"),
    path("<slug:kind>", views.push, name="intake"),
]
