"""Re-checks at the desk and for the enterprise: who sees what, what settling asks for, a line as known on any day."""

import pytest

from peibu.accounts.actor import SYSTEM
from peibu.casework.models import Determination, Progress
from peibu.claims.actions.rechecks import recheck_lines
from peibu.claims.models import ClaimLine, Recheck
from peibu.claims.rechecks import lines_with_an_answer, with_later_evidence
from peibu.claims.tasks import look_back, recheck_divisions
from tests.city import at
from tests.claims.claim_world import build
from tests.claims.test_rechecks import LATER, paid, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: LATER)
    world = build(city)
    world.person("恰六月", months=6)
    world.person("十二月")
    world.certify()
    paid(world)
    take_back("恰六月")
    return world


@pytest.fixture
def found(world) -> Recheck:
    [row] = recheck_lines(with_later_evidence(lines_with_an_answer(), at=LATER), by=SYSTEM, at=LATER)
    return row


def test_the_reviewer_finds_it_on_the_desk_and_settles_it(world, found, visit):
    page = visit(world.second_reviewer)
    assert f"/desk/rechecks/{found.pk}/" in page.get("/desk/").content.decode()
    body = page.get("/desk/rechecks/?state=open").content.decode()
    assert "恰六月" in body
    assert "-1,800.00" in body
    body = page.get(f"/desk/rechecks/{found.pk}/").content.decode()
    assert "追回多付款" in body
    assert "剔除并更正" not in body
    assert page.post(f"/desk/rechecks/{found.pk}/", {"settlement": "recover"}).status_code == 422
    assert page.post(f"/desk/rechecks/{found.pk}/", {"settlement": "corrected", "reason": "x"}).status_code == 422
    assert Recheck.objects.get().state == "open"
    body = page.post(f"/desk/rechecks/{found.pk}/", {"settlement": "recover", "reason": "应退回"}, follow=True)
    assert "应退回" in body.content.decode()
    assert (Recheck.objects.get().settlement, Recheck.objects.get().settled_by) == ("recover", page_user(world))
    assert "恰六月" not in page.get("/desk/rechecks/?state=open").content.decode()


def page_user(world):
    return world.second_reviewer.user


def test_another_district_finds_nothing_and_other_roles_do_not_settle(world, found, visit, city):
    other = build(city, firm=4, nth=1)
    page = visit(other.reviewer)
    assert "恰六月" not in page.get("/desk/rechecks/").content.decode()
    line = found.line_id
    for path in (f"/desk/rechecks/{found.pk}/", f"/desk/claims/lines/{line}/as-known/"):
        assert page.get(path).status_code == 404, path
    assert page.post(f"/desk/rechecks/{found.pk}/", {"settlement": "kept", "reason": "x"}).status_code == 404
    approver = visit(world.approver)
    assert "只有审核岗" in approver.get(f"/desk/rechecks/{found.pk}/").content.decode()
    answer = approver.post(f"/desk/rechecks/{found.pk}/", {"settlement": "kept", "reason": "x"})
    assert answer.status_code == 422
    assert approver.post("/desk/rechecks/run/").status_code == 403
    assert visit(world.hr).get("/desk/rechecks/").status_code == 403
    assert Recheck.objects.get().state == "open"


def test_the_enterprise_reads_it_in_plain_words(world, found, visit, city):
    url = f"/enterprise/claims/{found.line.claim_id}/"
    body = visit(world.hr).get(url).content.decode()
    assert "结论复核" in body
    assert "减少1800元" in body
    other = build(city, firm=4, nth=1)
    assert visit(other.hr).get(url).status_code == 404


def test_a_line_as_known_on_a_day_is_computed_and_not_kept(world, visit):
    line = ClaimLine.objects.get(person__name="恰六月")
    page, url = visit(world.reviewer), f"/desk/claims/lines/{line.pk}/as-known/"
    before = Determination.objects.count()
    early = page.get(url, {"known": "2020-12-01"}).content.decode()
    late = page.get(url, {"known": "2020-12-16"}).content.decode()
    assert "没有保存" in early
    assert "各条规则均无变化" in early
    assert "由“符合”变为“不符合”" in late
    for wrong in ("2099-01-01", "昨天"):
        answer = page.get(url, {"known": wrong})
        assert answer.status_code == 422
        assert "2020-11-30 的格式" in answer.content.decode()
    assert Determination.objects.count() == before
    assert not Recheck.objects.exists()


def test_the_button_shows_a_bar_and_the_job_finds_the_difference(world, visit, monkeypatch):
    asked = {}
    monkeypatch.setattr(recheck_divisions, "defer", lambda **told: asked.update(told))
    answer = visit(world.reviewer).post("/desk/rechecks/run/", follow=True)
    bar = Progress.objects.get()
    assert bar.total == 1
    assert f"job-{bar.pk}" in answer.content.decode()
    recheck_divisions(**asked)
    bar.refresh_from_db()
    assert (bar.finished, bar.problem, bar.result_url) == (True, "", "/desk/rechecks/")
    assert Recheck.objects.count() == 1


def test_a_job_that_breaks_says_so(world, visit, monkeypatch):
    bar = Progress.objects.create(title="结论复核", total=1, started_at=LATER)
    monkeypatch.setattr("peibu.claims.tasks.look_back", lambda **told: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        recheck_divisions(divisions=[], progress=str(bar.pk), at=LATER.isoformat(), result="/desk/rechecks/")
    bar.refresh_from_db()
    assert "没有完成" in bar.problem


def test_only_the_asked_divisions_are_looked_at(world, city):
    other = build(city, firm=4, nth=1)
    elsewhere = [str(one) for one in other.reviewer.division_ids()]
    assert look_back(at=LATER, divisions=elsewhere) == 0
    assert look_back(at=at("2020-12-21 09:00"), divisions=[str(one) for one in world.reviewer.division_ids()]) == 1
