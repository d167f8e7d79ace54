"""Call, application, blind panel, joint decision, notice, list: walked at a desk and on a phone; every page passes axe."""

import datetime as dt

import pytest

from peibu.accounts import clock
from peibu.accreditation.models import Application, Call
from peibu.casework.models import PublicNotice
from peibu.casework.notices import close_due_notices
from tests.accreditation.call_world import PARTS, Calling, paper
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_enterprise import sign_in
from tests.city import at, stage


@pytest.fixture
def world(transactional_db):
    city = stage()
    clock.move_to(at("2020-10-13 09:00"))
    return Calling(city)


def test_from_the_call_to_the_list(world, site, open_page, axe, shot):
    seen = {}

    def as_(actor, viewport=DESKTOP):
        """One page per account and width."""
        key = (actor.user.username if actor else "", viewport["width"])
        if key not in seen:
            seen[key] = open_page(viewport, touch=viewport is PHONE)
            if actor:
                sign_in(seen[key], actor, site)
        return seen[key]

    def look(actor, url, name):
        for viewport, suffix in ((DESKTOP, ""), (PHONE, "-phone")):
            page = as_(actor, viewport)
            page.goto(url)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{suffix} is too wide"
            axe(page)
            shot(page, f"accreditation-{name}{suffix}")
        return as_(actor)

    officer = as_(world.hrss)
    officer.goto("/desk/calls/new/")
    officer.get_by_label("标题").fill("第二批培训承接单位征集")
    officer.get_by_label("开始日期").fill("2020-10-13")
    officer.get_by_label("截止日期").fill("2020-10-30")
    officer.get_by_role("button", name="发布").click()
    officer.get_by_text("已发布").wait_for()
    call = Call.objects.get()
    look(None, f"/calls/{call.pk}/", "call")

    applicant = as_(world.applicant)
    applicant.goto(f"/calls/{call.pk}/")
    applicant.get_by_role("button", name="填写申请").click()
    applicant.get_by_text("还缺什么").wait_for()
    row = Application.objects.get()
    url = f"/applications/{row.pk}/"
    look(world.applicant, url, "application-empty")
    boxes = applicant.locator("input[name=plan_parts]")
    assert boxes.count() == len(PARTS)
    for n in range(boxes.count()):
        boxes.nth(n).check()
    applicant.locator("input[name=plan_cosigned_by_bases]").first.check()
    applicant.get_by_role("button", name="保存").click()
    applicant.get_by_text("已保存").wait_for()
    applicant.get_by_label("名称或姓名").fill("事业单位法人证书")
    applicant.get_by_label("范围或规格").fill("职业教育")
    applicant.get_by_label("有效期起").fill("2018-01-01")
    applicant.get_by_role("button", name="添加").click()
    applicant.get_by_text("已添加").wait_for()
    for item in ("training_plan", "registration"):
        applicant.get_by_label("对应材料或条件").select_option(item)
        file = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": paper()}
        applicant.set_input_files("input[type=file]", file)
        applicant.get_by_role("button", name="上传", exact=True).click()
        applicant.get_by_text("文件已上传").wait_for()
    look(world.applicant, url, "application-ready")
    applicant.get_by_role("button", name="提交申请").click()
    applicant.get_by_text("申请已提交").first.wait_for()

    officer.goto(f"/desk/calls/{call.pk}/")
    officer.get_by_role("button", name="公布种子指纹").click()
    officer.get_by_text("征集截止后才能锁定").wait_for()
    clock.move_to(at("2020-11-02 09:00"))
    officer.reload()
    officer.get_by_role("button", name="锁定专家范围").click()
    officer.get_by_role("button", name="公开种子并抽取").click()
    officer.get_by_text("评审专家").first.wait_for()
    look(None, f"/calls/{call.pk}/#draw", "draw")

    seats = list(call.panel.places.select_related("entry__expert__user"))
    for n, seat in enumerate(seats):
        expert = world.expert(seat)
        if n:
            world.score(seat, row, 8)
            continue
        look(expert, "/reviews/", "reviews")
        page = look(expert, f"/reviews/{seat.pk}/{row.pk}/", "review")
        assert row.unit.name not in page.content()
        for mark in page.get_by_label("（0至10分）").all():
            mark.fill("9")
        page.get_by_label("评审意见").fill("方案完整，师资和场所符合要求")
        page.get_by_role("button", name="提交评分").click()
        page.get_by_text("评分已提交").wait_for()

    look(world.hrss, f"/desk/cases/{row.case_id}/", "case")
    officer.goto(f"/desk/cases/{row.case_id}/")
    officer.locator("#reason-evaluate").fill("五位专家评估合格")
    officer.get_by_role("button", name="记录专家评估").click()
    officer.get_by_text("已办理").wait_for()
    for kind, actor in world.bureaus.items():
        page = as_(world.hrss_second if kind == "hrss" else actor)
        page.goto(f"/desk/calls/{call.pk}/")
        page.get_by_role("button", name="同意列入").click()
        page.get_by_text("本部门意见已记录").wait_for()
    second = look(world.hrss_second, f"/desk/calls/{call.pk}/", "decision")
    second.get_by_role("button", name="发布公示").click()
    second.get_by_text("已发布公示").wait_for()
    look(None, f"/notices/{PublicNotice.objects.get().number}/", "notice")

    clock.move_to(at("2020-11-11 09:00"))
    close_due_notices(at=clock.now())
    second.goto(f"/desk/calls/{call.pk}/")
    second.get_by_label("名单标题").fill("第二批培训承接单位名单")
    second.get_by_role("button", name="公布名单").click()
    second.get_by_text("已公布第2批名单").wait_for()
    public = look(None, "/lists/", "list")
    public.get_by_text("第二批培训承接单位名单").first.wait_for()
    assert row.unit.name in public.content()
    look(world.hrss, "/desk/listings/", "listings")
    row.case.refresh_from_db()
    assert (row.case.state, row.case.closed_at.date()) == ("listed", dt.date(2020, 11, 11))
