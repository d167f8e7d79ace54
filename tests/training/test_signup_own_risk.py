"""An enterprise may send people whose facts are still open; who is not of the target group stays behind (QD97.1, 3.3)."""

import pytest

from peibu.casework.enums import Decision
from peibu.programmes.models import Quota
from peibu.training.actions.signup import commit_signup, may_be_included, precheck
from tests.training.hr import LATER, NOW, Hr

pytestmark = pytest.mark.django_db


@pytest.fixture
def signup(city):
    hr = Hr(city)
    return hr, hr.ready()


def failed_rules(line) -> set[str]:
    return {f["rule"] for f in line.precheck.findings if f["status"] == "fail"}


def test_named_people_go_along_and_take_places_others_stay(signup):
    hr, draft = signup
    unsure = [x for x in draft.lines.exclude(precheck__decision=Decision.PASS) if may_be_included(x)]
    assert unsure, "the city has people with open facts: otherwise this test proves nothing"
    passing = draft.lines.filter(precheck__decision=Decision.PASS).count()
    sent = commit_signup(signup=draft, version="1", include=[unsure[0].pk], by=hr.by, at=LATER)
    assert sent.lines.filter(active=True).count() == passing + 1
    assert Quota.objects.get(code="quota_year").used == passing + 1


def test_a_lasting_failure_cannot_be_included(signup):
    hr, draft = signup
    draft.lines.filter(position=1).update(level="staff")
    precheck(signup=draft, by=hr.by, at=NOW)
    outside = [x for x in draft.lines.all() if "manager_of_middle_level" in failed_rules(x)]
    assert len(outside) == 1
    assert not may_be_included(outside[0])
    commit_signup(signup=draft, version="1", include=[x.pk for x in outside], by=hr.by, at=LATER)
    assert not draft.lines.filter(pk__in=[x.pk for x in outside], active=True).exists()


def test_the_page_offers_the_choice_and_sends_it(signup, visit):
    hr, draft = signup
    unsure = next(x for x in draft.lines.exclude(precheck__decision=Decision.PASS) if may_be_included(x))
    from peibu.accounts import clock

    clock.move_to(LATER)
    client = visit(hr.by)
    page = client.get(f"/enterprise/signups/{draft.pk}/commitment/")
    assert f'value="{unsure.pk}"' in page.content.decode()
    form = {"version": "1", "accepted": "on", "include": [str(unsure.pk), "nonsense"]}
    client.post(f"/enterprise/signups/{draft.pk}/commitment/", form)
    unsure.refresh_from_db()
    assert unsure.active
