"""Addresses of policies on the officers' side."""

from django.urls import path

from peibu.desk.views import policies

urlpatterns = [
    path("policies/", policies.index, name="desk-policies"),
    path("policies/<slug:city>/<slug:name>/", policies.show, name="desk-policy"),
    path("policies/<slug:city>/<slug:name>/rates/<slug:table>/", policies.enter, name="desk-policy-rate"),
    path(
        "policies/<slug:city>/<slug:name>/rates/<uuid:rate_id>/withdraw/",
        policies.withdraw,
        name="desk-policy-rate-withdraw",
    ),
]
