"""Addresses of policies on the officers' side."""

from django.urls import path

from peibu.desk.views import drafts, policies, policy_diff, rate_files

urlpatterns = [
    path("policies/", policies.index, name="desk-policies"),
    path("policies/<slug:city>/<slug:name>/", policies.show, name="desk-policy"),
    path("policies/<slug:city>/<slug:name>/diff/", policy_diff.show, name="desk-policy-diff"),
    path("policies/<slug:city>/<slug:name>/replay/", drafts.replay, name="desk-policy-replay"),
    path("policies/<slug:city>/<slug:name>/replay/new/", drafts.make, name="desk-policy-draft-new"),
    path("policies/<slug:city>/<slug:name>/replay/<uuid:draft_id>/", drafts.show, name="desk-policy-draft"),
    path("policies/<slug:city>/<slug:name>/replay/<uuid:draft_id>/run/", drafts.run, name="desk-policy-draft-run"),
    path(
        "policies/<slug:city>/<slug:name>/replay/<uuid:draft_id>/table.xlsx",
        drafts.excel,
        name="desk-policy-draft-table",
    ),
    path("policies/<slug:city>/<slug:name>/rates/<slug:table>/", policies.enter, name="desk-policy-rate"),
    path(
        "policies/<slug:city>/<slug:name>/rates/<slug:table>/template.xlsx",
        rate_files.template,
        name="desk-rate-template",
    ),
    path("policies/<slug:city>/<slug:name>/rates/<slug:table>/import/", rate_files.upload, name="desk-rate-import"),
    path(
        "policies/<slug:city>/<slug:name>/rates/<uuid:rate_id>/withdraw/",
        policies.withdraw,
        name="desk-policy-rate-withdraw",
    ),
]
