"""Addresses of the catalogues on the officers' side."""

from django.urls import path

from peibu.desk.views import catalogues

urlpatterns = [
    path("catalogues/", catalogues.index, name="desk-catalogues"),
    path("catalogues/upload/", catalogues.upload, name="desk-catalogue-upload"),
    path("catalogues/template/<slug:kind>/", catalogues.template, name="desk-catalogue-template"),
    path("catalogues/<uuid:edition_id>/", catalogues.show, name="desk-catalogue-edition"),
    path("catalogues/<uuid:edition_id>/job/", catalogues.job, name="desk-catalogue-job"),
    path("catalogues/<uuid:edition_id>/decide/", catalogues.decide, name="desk-catalogue-decide"),
    path("catalogues/<uuid:edition_id>/problems.xlsx", catalogues.problems, name="desk-catalogue-problems"),
]
