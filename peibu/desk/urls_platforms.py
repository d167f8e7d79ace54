"""Addresses of the bureau's side of learning records."""

from django.urls import path

from peibu.desk.views import platforms

urlpatterns = [
    path("platforms/", platforms.show, name="desk-platforms"),
    path("platforms/keys/<uuid:key_id>/revoke/", platforms.revoke, name="desk-platform-key-revoke"),
]
