"""Who may open what: every address declares it, nobody else gets in, and what is public is on a list a person read."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from peibu.accounts.access import Access
from peibu.accounts.enums import Role
from peibu.accounts.middleware import AccessMiddleware
from tests.city import stage
from tests.house.addresses import ALL

# Read and agreed on: what anybody may open without an account.
PUBLIC = {
    "about",
    "archive-check",
    "calendar-file",
    "call",
    "call-draw",
    "calls",
    "catalogue",
    "catalogue-json",
    "catalogues",
    "check-in",
    "credential-key",
    "credential-status",
    "demand",
    "demand-supply",
    "demo-clock",
    "gallery",
    "gallery-job",
    "home",
    "how-decisions-are-made",
    "notice",
    "notice-check",
    "notice-objection",
    "notice-proof",
    "notice-result",
    "notices",
    "offers",
    "policies",
    "policy",
    "policy-json",
    "published-list",
    "published-list-excel",
    "published-list-json",
    "published-lists",
    "robots",
    "self-check",
    "self-check-of",
    "set_language",
    "sign-in",
    "sign-out",
    "site-map",
    "survey",
    "trainee-manifest",
    "trainee-offline",
    "trainee-worker",
    "verify",
    "verify-file",
    "verify-link",
    "xapi-about",
}
# Programmes with a platform's key; which scope opens which is tried in tests/learning/test_keys.py.
PLATFORMS = {name for name, (view, _path) in ALL.items() if view.access.scopes is not None}


def test_every_address_declares_who_may_open_it():
    open_doors = [name for name, (view, _path) in ALL.items() if not isinstance(getattr(view, "access", None), Access)]
    assert open_doors == []


def test_an_undeclared_view_would_be_found_and_is_closed():
    def bare(request):
        """A view somebody forgot to declare."""

    assert not isinstance(getattr(bare, "access", None), Access)
    with pytest.raises(Http404):
        AccessMiddleware(lambda request: None).process_view(RequestFactory().get("/x/"), bare, (), {})


def test_what_is_public_is_what_was_agreed_on():
    public = {name for name, (view, _path) in ALL.items() if view.access.roles is None}
    assert public <= PUBLIC, f"newly public: {sorted(public - PUBLIC)}"


@pytest.mark.django_db
def test_nobody_gets_in_without_an_account(client, city):
    for name, (view, path) in ALL.items():
        if view.access.roles is None:
            continue
        answer = client.get(path)
        if name in PLATFORMS:
            assert answer.status_code == 401, (name, answer.status_code)
            continue
        assert answer.status_code == 302, (name, answer.status_code)
        assert answer.url.startswith(reverse("sign-in")), name


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_its_own_addresses_and_no_others(visit, role):
    """With made-up keys: 403 for a foreign address, never a crash for an own one, never anything found."""
    visitor = visit(stage().actor(role))
    for name, (view, path) in ALL.items():
        if view.access.roles is None or name in {"sign-out"}:
            continue
        status = visitor.get(path).status_code
        if name in PLATFORMS:
            assert status == 401, (name, status)
        elif role not in view.access.roles:
            assert status == 403, (name, status)
        else:
            # 409, 422: a refusal said in a sentence; 405: an address that is only posted to
            assert status in (200, 302, 404, 405, 409, 422), (name, status)


@pytest.mark.django_db
def test_a_post_is_refused_where_nothing_is_written(visit, city):
    visitor = visit(city.actor("auditor"))
    for name, (view, path) in ALL.items():
        if view.access.roles is not None and "auditor" in view.access.roles and not view.access.writes:
            assert visitor.post(path).status_code == 405, name
