"""Addresses of recoveries for the party."""

from django.urls import path

from peibu.portal.views import recoveries

urlpatterns = [
    path("enterprise/recoveries/", recoveries.index, name="enterprise-recoveries"),
    path("enterprise/recoveries/<uuid:recovery_id>/", recoveries.show, name="enterprise-recovery"),
    path("enterprise/recoveries/<uuid:recovery_id>/move/", recoveries.move, name="enterprise-recovery-move"),
    path(
        "enterprise/recoveries/<uuid:recovery_id>/letters/<uuid:document_id>/",
        recoveries.letter,
        name="enterprise-recovery-letter",
    ),
]
