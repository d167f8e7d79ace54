"""Addresses of the catalogues: open to everybody."""

from django.urls import path

from peibu.portal.views import catalogue_json, catalogues, demand

urlpatterns = [
    path("catalogues/", catalogues.index, name="catalogues"),
    path("catalogues/demand-and-supply/", catalogues.demand_supply, name="demand-supply"),
    path("catalogues/<slug:kind>/", catalogues.show, name="catalogue"),
    path("catalogues/<slug:kind>/catalogue.json", catalogue_json.as_json, name="catalogue-json"),
    path("demand/", demand.register, name="demand"),
    path("demand/<uuid:wish_id>/withdraw/", demand.withdraw, name="demand-withdraw"),
]
