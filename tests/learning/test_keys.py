"""Keys of platforms: given to listed platforms by the bureau, shown once, refused when wrong, late, taken back or narrow."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peibu.accounts.enums import Role, Scope
from peibu.accounts.models import PlatformKey
from peibu.accounts.platforms import NOTED_EVERY, digest_of
from peibu.kernel.errors import Refused
from peibu.programmes.listings import Line, publish_list
from peibu.programmes.platform_keys import LONGEST, issue_key, revoke_key
from tests.city import at
from tests.house.addresses import ALL
from tests.learning.world import Caller, statement

pytestmark = pytest.mark.django_db
NOW = at("2020-05-06 09:00")


@pytest.fixture
def listed(city):
    """A platform on a published list."""
    unit = city.loaded.units[city.loaded.city.providers[0].key]
    publish_list(
        policy="jinan/internet_plus_2020", role="platform", title="线上培训平台名单", issuers=["市人社局"],
        source="测试", lines=[Line(unit)], at=NOW,
    )  # fmt: skip
    return unit


def given(city, unit, **changes):
    told = {"label": "正式环境", "scopes": [Scope.WRITE], "expires_on": NOW.date() + dt.timedelta(days=90)}
    return issue_key(unit=unit, by=city.actor(Role.CITY_BUREAU), at=NOW, **(told | changes))


def test_the_secret_is_told_once_and_not_kept(city, listed):
    key, secret = given(city, listed)
    assert secret not in str(PlatformKey.objects.filter(pk=key.pk).values().get())
    assert key.digest == digest_of(secret)


def test_who_may_not_have_one_is_refused(city, listed):
    other = city.loaded.units[city.loaded.city.providers[1].key]
    refused = []
    for deed in (
        lambda: given(city, other),
        lambda: given(city, listed, scopes=["everything"]),
        lambda: given(city, listed, label=" "),
        lambda: given(city, listed, expires_on=NOW.date() + dt.timedelta(days=400)),
        lambda: given(city, listed, expires_on=NOW.date() - dt.timedelta(days=1)),
        lambda: issue_key(
            unit=listed, label="x", scopes=[Scope.WRITE], expires_on=NOW.date(), by=city.actor(Role.PROVIDER), at=NOW
        ),
    ):
        with pytest.raises(Refused) as caught:
            deed()
        refused.append(caught.value.code)
    assert refused == [
        "not_a_listed_platform", "key_incomplete", "key_incomplete", "key_validity", "key_validity", "not_the_bureau",
    ]  # fmt: skip


def test_a_key_taken_back_is_refused_at_once(city):
    caller = Caller()
    assert caller.get("xapi/statements").status_code == 200
    revoke_key(key=caller.key, why="密钥泄露", by=city.actor(Role.CITY_BUREAU), at=dt.datetime.now(dt.UTC))
    answer = caller.get("xapi/statements")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    with pytest.raises(Refused):
        revoke_key(key=caller.key, why="再次", by=city.actor(Role.CITY_BUREAU), at=NOW)


def test_a_key_is_refused_when_late_wrong_or_unknown(city):
    caller = Caller()
    PlatformKey.objects.update(expires_on=dt.date(2020, 1, 1))
    assert caller.get("xapi/statements").status_code == 401
    PlatformKey.objects.update(expires_on=caller.key.expires_on)
    assert caller.get("xapi/statements").status_code == 200
    right, caller.secret = caller.secret, caller.secret[:-1] + "?"
    assert caller.get("xapi/statements").status_code == 401
    caller.secret = right
    for header in ("", "Basic", "Basic !!", "Bearer x", "Basic eDp5"):
        assert caller.get("xapi/statements", authorization=header).status_code == 401


def test_the_database_keeps_no_key_for_longer_than_a_year(city, listed):
    """From the first to the last hour of a day, in either time zone, a year can be had and two days more cannot."""
    for hour in (0, 7, 8, 23):
        at_hour = NOW.replace(hour=hour)
        told = {"scopes": [Scope.WRITE], "expires_on": NOW.date() + LONGEST, "label": "x"}
        issue_key(unit=listed, by=city.actor(Role.CITY_BUREAU), at=at_hour, **told)
    for days in (369, 3660):
        with pytest.raises(IntegrityError, match="a_platform_key_ends_within_a_year"), transaction.atomic():
            PlatformKey.objects.update(expires_on=NOW.date() + dt.timedelta(days=days))


def test_last_use_is_noted_but_not_at_every_request(city):
    caller = Caller()
    caller.get("xapi/statements")
    first = PlatformKey.objects.get(pk=caller.key.pk).last_used_at
    assert first is not None
    caller.get("xapi/statements")
    assert PlatformKey.objects.get(pk=caller.key.pk).last_used_at == first
    PlatformKey.objects.update(last_used_at=first - 2 * NOTED_EVERY)
    caller.get("xapi/statements")
    assert PlatformKey.objects.get(pk=caller.key.pk).last_used_at > first - NOTED_EVERY


def test_a_scope_opens_its_resource_and_no_other(city):
    """Every address for platforms, every method, one scope at a time: 403 wherever the declaration does not name it."""
    doors = {name: (view, path) for name, (view, path) in ALL.items() if view.access.scopes is not None}
    assert len(doors) >= 9
    for scope in Scope.values:
        caller = Caller(scope)
        for name, (view, path) in doors.items():
            for method in ("get", "post", "put", "delete"):
                needed = view.access.scopes.get(method.upper())
                status = getattr(caller.client, method)(path, headers=caller.headers()).status_code
                if needed is None:
                    assert status == 405, (scope, name, method, status)
                else:
                    assert (status == 403) == (scope not in needed), (scope, name, method, status)


def test_no_session_opens_an_address_for_platforms(visit, city):
    visitor = visit(city.actor(Role.CITY_BUREAU))
    for name, (view, path) in ALL.items():
        if view.access.scopes is not None:
            assert visitor.get(path).status_code == 401, name
    assert visitor.post(reverse("xapi-statements"), [statement()], content_type="application/json").status_code == 401


def test_a_request_hidden_in_a_form_needs_the_scope_of_what_it_is(city):
    """xAPI 1.0.3: a GET sent as POST reads, a POST with method=PUT writes; a key that only writes does not read so."""
    writer, reader = Caller(Scope.WRITE, version="1.0.3"), Caller(Scope.READ, version="1.0.3")
    form = "application/x-www-form-urlencoded"
    assert reader.post("xapi/statements?method=GET", "limit=1", form).status_code == 200
    assert writer.post("xapi/statements?method=GET", "limit=1", form).status_code == 403
    assert reader.post("xapi/statements?method=PUT", "statementId=x&content={}", form).status_code == 403
    reader.version = "2.0.0"
    assert reader.post("xapi/statements?method=GET", "limit=1", form).status_code == 400
