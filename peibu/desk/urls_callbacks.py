"""Addresses of the supervision of classes: call-backs by phone."""

from django.urls import path

from peibu.desk.views import callbacks

urlpatterns = [
    path("supervision/", callbacks.index, name="desk-supervision"),
    path("supervision/classes/<uuid:cohort_id>/", callbacks.show, name="desk-callbacks"),
    path("supervision/classes/<uuid:cohort_id>/draw/", callbacks.draw, name="desk-callbacks-draw"),
    path("supervision/classes/<uuid:cohort_id>/draw.json", callbacks.draw_json, name="desk-callbacks-file"),
    path("supervision/calls/<uuid:task_id>/", callbacks.call, name="desk-callback"),
    path("supervision/calls/<uuid:task_id>/hand-over/", callbacks.hand_over, name="desk-callback-hand-over"),
]
