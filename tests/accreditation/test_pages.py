"""The pages of accreditation: who sees what, what comes back when something is missing."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peibu.accounts import clock
from peibu.accreditation.models import Application, Call, Clarification, Expert, Measure, Score
from peibu.casework.models import PublicNotice
from peibu.kernel import draw
from peibu.programmes.models import ListedUnit, PublishedList
from tests.accreditation.call_world import PARTS, Calling, paper
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    clock.move_to(at("2020-10-13 09:00"))
    return Calling(city)


@pytest.fixture
def panel(world):
    """A call with one application under evaluation and its panel."""
    call = world.call()
    world.submitted(call)
    panel = world.drawn(call)
    clock.move_to(at("2020-11-02 09:00"))
    return panel


def body(answer) -> str:
    return answer.content.decode()


def test_the_public_reads_conditions_documents_and_period(world, client):
    call = world.call()
    told = body(client.get("/calls/"))
    assert call.title in told
    told = body(client.get(f"/calls/{call.pk}/"))
    for text in ("QD97.2.1", "培训方案", "2020-10-30", "法人登记证书", "培训承接单位经办人"):
        assert text in told
    assert "填写申请" not in told


def test_the_bureau_publishes_a_call_from_the_policy(world, visit):
    officer = visit(world.hrss)
    page = body(officer.get("/desk/calls/new/"))
    assert f"{POLICY}:provider" in page
    assert "jinan" not in body(visit(world.city.actor("hrss_approver")).get("/desk/calls/new/"))
    officer = visit(world.hrss)
    form = {
        "subject": f"{POLICY}:base",
        "title": "第二批基地征集",
        "opens_on": "2020-10-13",
        "closes_on": "2020-10-01",
    }
    answer = officer.post("/desk/calls/new/", form)
    assert (answer.status_code, Call.objects.count()) == (422, 0)
    assert "早于" in body(answer)
    officer.post("/desk/calls/new/", form | {"closes_on": "2020-11-01"})
    assert Call.objects.get().subject == "base"


def test_an_applicant_fills_in_uploads_and_hands_in(world, visit):
    call = world.call()
    applicant = visit(world.applicant)
    assert "填写申请" in body(applicant.get(f"/calls/{call.pk}/"))
    applicant.post(f"/calls/{call.pk}/apply/")
    row = Application.objects.get()
    url = f"/applications/{row.pk}/"
    page = body(applicant.get(url))
    assert "缺少材料" not in page
    assert "材料：" in page
    # what the register answers is not asked
    assert 'name="institution_kind"' not in page
    answer = applicant.post(f"{url}submit/", follow=True)
    assert "培训方案" in body(answer)
    applicant.post(url, {"plan_parts": PARTS, "plan_cosigned_by_bases": "1"})
    form = {"kind": "theory_teacher", "name": "王老师", "title": "senior_title", "quantity": "1"}
    applicant.post(f"{url}holdings/", form)
    assert row.holdings.get().qualification == "senior_title"
    bad = applicant.post(
        f"{url}evidence/", {"item": "training_plan", "file": SimpleUploadedFile("a.pdf", b"MZ")}, follow=True
    )
    assert row.evidence.count() == 0
    assert bad.status_code in (200, 409, 422)
    for item in ("training_plan", "registration"):
        applicant.post(f"{url}evidence/", {"item": item, "file": SimpleUploadedFile("证书.pdf", paper())})
    assert "可以提交" in body(applicant.get(url))
    applicant.post(f"{url}submit/")
    row.case.refresh_from_db()
    assert row.case.state == "submitted"
    assert "添加一项" not in body(applicant.get(url))
    file = applicant.get(f"{url}files/{row.evidence.first().pk}/")
    assert file["Content-Disposition"].startswith("attachment")


def test_another_unit_does_not_find_an_application(world, visit):
    row = world.submitted(world.call())
    stranger = visit(world.conflicted)
    for path in ("", f"files/{row.evidence.first().pk}/"):
        assert stranger.get(f"/applications/{row.pk}/{path}").status_code == 404
    for path in ("", "submit/", "withdraw/", "holdings/", "evidence/"):
        assert stranger.post(f"/applications/{row.pk}/{path}").status_code == 404


def test_the_draw_is_public_and_can_be_downloaded_and_checked(panel, client):
    page = body(client.get(f"/calls/{panel.call_id}/"))
    assert panel.commitment in page
    assert panel.seed in page
    told = client.get(f"/calls/{panel.call_id}/draw.json").json()
    assert draw.problems_of(told) == []
    assert not any(expert.name in page for expert in Expert.objects.all())


def test_before_the_draw_the_seed_is_nowhere_to_be_read(world, client, visit):
    call = world.call()
    visit(world.hrss).post(f"/desk/calls/{call.pk}/panel/", {"step": "commit"})
    secret = call.panel.secret
    assert secret not in body(client.get(f"/calls/{call.pk}/"))
    assert secret not in body(visit(world.hrss).get(f"/desk/calls/{call.pk}/"))
    assert client.get(f"/calls/{call.pk}/draw.json").status_code == 404


def test_an_expert_sees_neither_the_applicant_nor_other_marks(panel, world, visit):
    row = Application.objects.get()
    first, second = panel.places.all()[:2]
    world.score(first, row, 9)
    expert = visit(world.expert(second))
    url = f"/reviews/{second.pk}/{row.pk}/"
    for page in (body(expert.get("/reviews/")), body(expert.get(url))):
        for hidden in (row.unit.name, row.case.number, "扫描件.pdf", "事业单位法人证书", "45 / 50"):
            assert hidden not in page
    file = expert.get(f"{url}files/{row.evidence.first().pk}/")
    assert "扫描件" not in file["Content-Disposition"]
    # no other expert's sheet, no case, no application
    assert expert.get(f"/reviews/{first.pk}/{row.pk}/").status_code == 404
    assert expert.get(f"/desk/cases/{row.case_id}/").status_code == 403


def test_an_expert_scores_once_and_a_wrong_mark_comes_back(panel, world, visit):
    row, seat = Application.objects.get(), panel.places.first()
    expert = visit(world.expert(seat))
    url = f"/reviews/{seat.pk}/{row.pk}/"
    marks = {f"m-{code}": "8" for code in ("content", "teachers", "places", "organisation", "evaluation")}
    answer = expert.post(url, marks | {"m-content": "11", "comment": "好"})
    assert (answer.status_code, Score.objects.count()) == (422, 0)
    expert.post(url, marks | {"comment": "方案完整"})
    assert Score.objects.get().total == 40
    expert.post(url, marks | {"comment": "再评"})
    assert Score.objects.count() == 1
    assert "已提交" in body(expert.get("/reviews/"))


def test_officers_see_no_score_until_all_are_in(panel, world, visit):
    row = Application.objects.get()
    world.score(panel.places.first(), row, 9)
    page = body(visit(world.hrss).get(f"/desk/cases/{row.case_id}/"))
    assert "45 / 50" not in page
    for seat in panel.places.all()[1:]:
        world.score(seat, row, 9)
    page = body(visit(world.hrss).get(f"/desk/cases/{row.case_id}/"))
    assert page.count("45 / 50") == 5


def test_a_question_goes_to_the_applicant_and_back(panel, world, visit):
    row = Application.objects.get()
    visit(world.hrss).post(f"/desk/applications/{row.pk}/ask/", {"question": "设备是否自有？"})
    applicant = visit(world.applicant)
    assert "设备是否自有？" in body(applicant.get(f"/applications/{row.pk}/"))
    question = Clarification.objects.get()
    applicant.post(f"/applications/{row.pk}/answers/{question.pk}/", {"text": "全部自有"})
    question.refresh_from_db()
    assert question.answer == "全部自有"


def test_four_bureaus_a_notice_and_the_list_through_the_pages(panel, world, visit, client):
    row = Application.objects.get()
    call = row.call
    world.scored(panel, row)
    visit(world.hrss).post(f"/desk/cases/{row.case_id}/move/", {"move": "evaluate", "reason": "评估合格"})
    assert "发布公示" not in body(visit(world.hrss_second).get(f"/desk/calls/{call.pk}/"))
    for by in (world.hrss_second, *(world.bureaus[kind] for kind in ("education", "industry", "finance"))):
        visit(by).post(f"/desk/applications/{row.pk}/assent/", {"agrees": "yes"})
    officer = visit(world.hrss_second)
    assert "发布公示" in body(officer.get(f"/desk/calls/{call.pk}/"))
    officer.post(f"/desk/calls/{call.pk}/notice/", {"application": str(row.pk)})
    notice = PublicNotice.objects.get()
    page = body(client.get(f"/notices/{notice.number}/"))
    assert row.unit.name in page
    assert "核实期间不列入名单" in page
    assert "金额（元）" not in page
    assert client.get(f"/notices/{notice.number}/result.pdf").status_code == 404
    assert row.unit.name in body(visit(world.hrss).get(f"/desk/notices/{notice.pk}/"))
    clock.move_to(at("2020-11-13 09:00"))
    from peibu.casework.notices import close_due_notices

    close_due_notices(at=clock.now())
    visit(world.hrss_second).post(f"/desk/calls/{call.pk}/list/", {"application": str(row.pk), "title": "第二批名单"})
    published = PublishedList.objects.get(title="第二批名单")
    assert published.batch == 2
    assert row.unit.name in body(client.get(f"/lists/{published.pk}/"))


def test_the_library_refuses_whom_it_knows_and_units_that_do_not_exist(world, visit):
    officer = visit(world.hrss)
    assert Expert.objects.first().name in body(officer.get("/desk/experts/"))
    form = {"name": "周明", "id_number": "110101199003077010", "fields_known": ["teaching"], "unit": "没有这个单位"}
    answer = officer.post("/desk/experts/add/", form)
    assert answer.status_code == 422
    assert "没有名为" in body(answer)
    known = next(row for row in world.city.city.officers if row.role == "expert")
    form |= {"name": known.name, "id_number": known.id_number, "unit": world.applicant.unit.name}
    assert "已在专家库中" in body(officer.post("/desk/experts/add/", form))
    assert Expert.objects.count() == 9


# After the list


def listing(role: str = "provider") -> ListedUnit:
    return ListedUnit.objects.filter(published__role=role, published__policy=POLICY).order_by("position").first()


def test_a_suspension_shuts_the_list_and_only_for_its_days(world, visit):
    from peibu.programmes.queries import is_listed

    row, officer = listing(), visit(world.hrss)
    form = {"kind": "suspended", "effective_on": "2020-10-20", "reason": "年度评估发现师资不足"}
    assert officer.post(f"/desk/listings/{row.pk}/measure/", form | {"effective_on": "2020-10-12"}).status_code == 422
    officer.post(f"/desk/listings/{row.pk}/measure/", form)
    days = {day: is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, day)) for day in (19, 20)}
    assert days == {19: True, 20: False}
    officer.post(
        f"/desk/listings/{row.pk}/measure/", {"kind": "resumed", "effective_on": "2020-10-27", "reason": "已整改"}
    )
    assert is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, 26)) is False
    assert is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, 27))


def test_an_exit_ends_the_listing_and_an_upheld_appeal_restores_it(world, visit):
    from peibu.programmes.queries import is_listed

    row = listing()
    visit(world.hrss).post(
        f"/desk/listings/{row.pk}/measure/",
        {"kind": "exited", "effective_on": "2020-10-20", "reason": "评估不合格"},
    )
    assert not is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, 20))
    unit = visit(world.city.actor("provider", row.unit))
    measure = Measure.objects.get()
    assert "评估不合格" in body(unit.get("/applications/"))
    unit.post(f"/applications/measures/{measure.pk}/appeal/", {"text": "评估资料有误"})
    appeal = measure.appeal
    answer = visit(world.hrss).post(
        f"/desk/appeals/{appeal.pk}/decide/", {"upheld": "yes", "answer": "属实"}, follow=True
    )
    assert "作出措施以外的人员" in body(answer)
    visit(world.hrss_second).post(f"/desk/appeals/{appeal.pk}/decide/", {"upheld": "yes", "answer": "属实"})
    assert is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, 20))


def test_an_agreement_is_offered_and_signed_once(world, visit):
    _call, row, published = world.whole_way()
    clock.move_to(at("2020-11-16 09:00"))
    one = published.units.get()
    form = {"valid_from": "2020-12-01", "valid_until": "2020-12-01", "scope": "工业互联网"}
    assert visit(world.hrss).post(f"/desk/listings/{one.pk}/agreement/", form).status_code == 422
    visit(world.hrss).post(f"/desk/listings/{one.pk}/agreement/", form | {"valid_until": "2021-11-30"})
    agreement = one.agreements.get()
    unit = visit(world.applicant)
    unit.post(f"/applications/agreements/{agreement.pk}/sign/")
    agreement.refresh_from_db()
    assert agreement.signed_by == world.applicant.user
    assert visit(world.conflicted).post(f"/applications/agreements/{agreement.pk}/sign/").status_code == 404
