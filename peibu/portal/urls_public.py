"""Addresses of the public side: no account needed, nothing written."""

from django.urls import path

from peibu.portal.views import public, public_lists, public_policies, public_self_check

urlpatterns = [
    path("", public.home, name="home"),
    path("about/", public.about, name="about"),
    path("how-decisions-are-made/", public.decisions, name="how-decisions-are-made"),
    path("site-map/", public.site_map, name="site-map"),
    path("robots.txt", public.robots, name="robots"),
    path("policies/", public_policies.policies, name="policies"),
    path("policies/<slug:city>/<slug:name>/", public_policies.policy, name="policy"),
    path("policies/<slug:city>/<slug:name>/policy.json", public_policies.policy_json, name="policy-json"),
    path("self-check/", public_self_check.choose, name="self-check"),
    path("self-check/<slug:city>/<slug:name>/", public_self_check.self_check, name="self-check-of"),
    path("lists/", public_lists.lists, name="published-lists"),
    path("lists/<uuid:pk>/", public_lists.published_list, name="published-list"),
    path("lists/<uuid:pk>/list.xlsx", public_lists.excel, name="published-list-excel"),
    path("lists/<uuid:pk>/list.json", public_lists.as_json, name="published-list-json"),
]
