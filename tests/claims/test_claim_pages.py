"""Pages of claims: who sees what, forms answer in Chinese, another district finds nothing."""

import pytest

from peibu.claims.models import Claim
from tests.city import at
from tests.claims.claim_world import build, scan

pytestmark = pytest.mark.django_db


def three_people(city):
    world = build(city)
    world.person("赵甲一")
    world.person("钱乙五月", months=5)
    world.person("孙丙未知", registered=None)
    world.certify()
    return world


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(three_people)


@pytest.fixture
def world(built, handed):
    return handed(built)


@pytest.fixture
def today(monkeypatch):
    def move(text: str) -> None:
        monkeypatch.setattr("peibu.accounts.clock.now", lambda: at(text))

    move("2020-11-10 10:00")
    return move


def upload(name: str = "发票.jpg", content: bytes | None = None):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content or scan())


INVOICE = {"kind": "tax", "code": "3702", "number": "09900101", "amount": "36000", "on": "2020-11-02"}


def test_the_enterprise_walks_from_class_to_submission(world, visit, today, city):
    page = visit(world.hr)
    body = page.get("/enterprise/claims/").content.decode()
    assert world.cohort.name in body
    answer = page.post("/enterprise/claims/draft/", {"cohort": str(world.cohort.pk)}, follow=True)
    claim = Claim.objects.get()
    body = answer.content.decode()
    assert "培训费票据" in body
    assert "连续缴费" in body
    url = f"/enterprise/claims/{claim.pk}/"
    refused = page.post(f"{url}invoice/", INVOICE | {"amount": "1", "scan": upload()})
    assert refused.status_code == 422
    assert "少于1人的培训费" in refused.content.decode()
    assert page.post(f"{url}invoice/", {"kind": "tax"}).status_code == 422
    assert page.post(f"{url}invoice/", INVOICE | {"scan": upload()}, follow=True).status_code == 200
    page.post(f"{url}roster/", follow=True)
    body = page.post(f"{url}judge/", follow=True).content.decode()
    assert "结论没有变化" in body
    assert "材料已齐" in body
    body = page.post(f"{url}move/", {"move": "submit"}, follow=True).content.decode()
    assert "已提交，等待受理" in body
    assert page.get(f"{url}papers/roster.pdf").content.startswith(b"%PDF")
    assert page.get(f"{url}papers/nothing.pdf").status_code == 404
    assert page.get(f"{url}papers/decision.pdf").status_code == 409


def test_others_find_nothing(world, visit, today, city):
    claim = world.submitted()
    other = build(city, firm=4, nth=1)
    assert visit(other.hr).get(f"/enterprise/claims/{claim.pk}/").status_code == 404
    assert visit(other.hr).post(f"/enterprise/claims/{claim.pk}/judge/").status_code == 404
    assert claim.case.number not in visit(other.hr).get("/enterprise/claims/").content.decode()
    line = claim.lines.first()
    stranger = other.reviewer
    assert not stranger.covers(claim.case.division_id)
    page = visit(stranger)
    assert page.get(f"/desk/cases/{claim.case_id}/").status_code == 404
    assert page.post(f"/desk/claims/lines/{line.pk}/remove/", {"reason": "x"}).status_code == 404
    assert claim.case.number not in page.get("/desk/claims/").content.decode()
    assert visit(world.reviewer).get("/enterprise/claims/").status_code == 403
    assert visit(world.hr).get("/desk/claims/").status_code == 403


def test_the_reviewer_sees_each_person_beside_the_evidence(world, visit, today):
    claim = world.accepted()
    today("2020-11-12 09:00")
    page = visit(world.reviewer)
    body = page.get(f"/desk/cases/{claim.case_id}/").content.decode()
    for told in ("赵甲一", "钱乙五月", "36", "注册地为", "计入的连续月份", claim.lines.first().certificate.serial):
        assert told in body
    assert claim.lines.first().person.id_number not in body
    failing = page.get(f"/desk/cases/{claim.case_id}/?show=fail").content.decode()
    assert "钱乙五月" in failing
    assert "1. 赵甲一" not in failing
    line = claim.lines.get(state="included")
    refused = page.post(f"/desk/claims/lines/{line.pk}/remove/", {"reason": ""}, follow=True)
    assert "须写明理由" in refused.content.decode()
    told = page.post(f"/desk/claims/lines/{line.pk}/remove/", {"reason": "已离职"}, follow=True).content.decode()
    assert "已剔除" in told
    assert "剔除赵*一" in told
    finance = world.city.actor("finance", world.city.office("agency", world.enterprise.division))
    assert visit(finance).post(f"/desk/claims/lines/{line.pk}/remove/", {"reason": "x"}).status_code == 403
    assert visit(world.reviewer).get(f"/desk/claims/lines/{line.pk}/judge/").status_code == 405


def test_publishing_and_closing_at_the_desk(world, visit, today):
    claim = world.approved()
    today("2020-11-16 09:00")
    page = visit(world.reviewer)
    assert claim.case.number in page.get("/desk/notices/").content.decode()
    nothing = page.post("/desk/notices/publish/", {}, follow=True).content.decode()
    assert "未选择" in nothing
    body = page.post("/desk/notices/publish/", {"claim": str(claim.pk)}, follow=True).content.decode()
    assert "已发布公示" in body
    notice = claim.case.notice_lines.first().notice
    early = page.post(f"/desk/notices/{notice.pk}/close/", follow=True).content.decode()
    assert "才期满" in early
    today("2020-11-24 09:00")
    body = page.post(f"/desk/notices/{notice.pk}/close/", follow=True).content.decode()
    assert "1件申领转入待拨付" in body
    assert page.get("/desk/objections/").status_code == 200
    assert visit(world.hr).get(f"/enterprise/claims/{claim.pk}/papers/decision.pdf").content.startswith(b"%PDF")
