"""Sign-up, plan, class, people, timetable, filing: the same pages for every document, with what each asks."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.delivery.base import PEOPLE, Walk
from tests.browser.delivery.teaching import Lesson
from tests.browser.road.base import HR, PROVIDER, REVIEWER, confirm, fill, says, upload, workbook

LESSON_HEAD = ["日期", "开始时间", "结束时间", "类别", "课程", "课时", "地点", "教师", "实训基地", "规定内容"]
PERSON_HEAD = ["姓名", "身份证号码", "手机号码", "职务"]


@dataclass(frozen=True)
class Plan:
    """What the provider writes: fields by their labels, and boxes and circles by theirs. `wrong`: a field, what the document
    does not allow in it, and the clause the refusal names."""

    title: str
    texts: dict[str, str]
    chosen: tuple[str, ...]
    wrong: tuple[str, str, str] = ()


def sign_up(walk: Walk, title: str, head: list[str], stated: list[str]) -> None:
    """The enterprise's roster with the document's own columns, the pre-check of each, the provider, the promise."""
    page = walk.as_(HR)
    page.goto("/enterprise/")
    panel = page.locator(".panel", has=page.get_by_role("heading", name=title)).first
    says(panel, "企业可为本单位职工报名")
    walk.look(page, "enterprise")
    panel.get_by_role("button", name="新建报名").click()
    people = [walk.person(name) for name in PEOPLE]
    rows = [[p.name, p.id_number, p.mobile or "", p.post, *stated] for p in people]
    page.locator("input[type=file]").set_input_files(
        upload("报名名册.xlsx", workbook([[*PERSON_HEAD, *head], *rows], title="报名花名册"))
    )
    page.get_by_role("button", name="上传并预审").click()
    says(page, f"预审结果（{len(PEOPLE)}人）", f"符合 {len(PEOPLE)}")
    page.locator(".people summary").first.click()
    walk.look(page, "precheck")
    walk.also_on_phone(HR, page.url, "precheck")
    page.get_by_role("link", name="下一步：选择承接单位").click()
    page.get_by_text(walk.memory["unit"], exact=True).click()
    page.get_by_role("button", name="下一步：确认承诺").click()
    page.get_by_label("本人已代表企业逐条阅读").check()
    walk.look(page, "commitment")
    page.get_by_role("button", name="承诺并报名").click()
    says(page, f"已为 {len(PEOPLE)} 人报名")


def write_plan(walk: Walk, policy: str, plan: Plan) -> None:
    page = walk.as_(PROVIDER)
    page.goto("/provider/plans/")
    page.get_by_label("适用政策").select_option(policy)
    page.get_by_role("button", name="开始编写").click()
    form = page.locator("form.plan-form")
    for label, text in plan.texts.items():
        fill(form, label, text)
    for label in plan.chosen:
        form.get_by_label(label, exact=True).check()
    for name in walk.teachers:
        form.get_by_label(name).check()
    if plan.wrong:
        label, text, clause = plan.wrong
        fill(form, label, text)
        page.get_by_role("button", name="保存方案").click()
        says(page, clause)
        walk.look(page, "plan-refused")
        fill(form, label, plan.texts[label])
    walk.look(page, "plan-edit")
    page.get_by_role("button", name="保存方案").click()
    says(page, "内容已齐全")
    confirm(page, "签署方案", "确认签署")
    says(page, "培训方案已签署")
    walk.look(page, "plan")


def open_class(walk: Walk, name: str) -> None:
    """The class by the signed plan, and its people."""
    page = walk.as_(PROVIDER)
    page.goto("/provider/classes/new/")
    page.locator("#id_plan").select_option(index=1)
    page.get_by_label("班次名称").fill(name)
    page.get_by_label("主要培训地点").fill("实训中心")
    page.get_by_role("button", name="建立班次").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    walk.memory["name"] = name
    walk.memory["class"] = page.url.split("/classes/")[1].split("/")[0]
    page.goto(f"/provider/classes/{walk.memory['class']}/people/")
    page.locator("input[data-group]").first.check()
    page.get_by_role("button", name="编入本班").click()
    says(page, f"在班人员（{len(PEOPLE)} 人）")
    walk.look(page, "people")


def timetable(walk: Walk, lessons: list[Lesson]) -> None:
    """The timetable from Excel: read, looked at, saved."""
    page = walk.as_(PROVIDER)
    page.goto(f"/provider/classes/{walk.memory['class']}/timetable/")
    head = LESSON_HEAD if any(lesson.words for lesson in lessons) else LESSON_HEAD[:-1]
    table = workbook([head, *(_row(walk, lesson)[: len(head)] for lesson in lessons)], title="课程表")
    page.locator("#timetable-file").set_input_files(upload("课程表.xlsx", table))
    page.get_by_role("button", name="读入并预览").click()
    says(page, f"已从文件读入 {len(lessons)} 节课")
    page.get_by_role("button", name="保存课程表").click()
    expect(page.get_by_text("尚未保存")).to_have_count(0)
    walk.look(page)
    walk.shot(page, f"{walk.stem}-timetable", full=False)


def _row(walk: Walk, lesson: Lesson) -> list[str]:
    """A line of the timetable's file; where practice is at one's own the base may be left out, and half of it is."""
    base = walk.memory["unit"] if lesson.kind == "实际操作" else ""
    when = [str(lesson.day), lesson.starts, lesson.ends, lesson.kind]
    return [*when, lesson.subject, str(lesson.hours), "实训中心", lesson.teacher, base, lesson.words]


def class_page(walk: Walk) -> Page:
    page = walk.as_(PROVIDER)
    page.goto(f"/provider/classes/{walk.memory['class']}/")
    return page


def file_it(walk: Walk, *shown: str) -> None:
    """The check sheet holds, the class is filed."""
    page = class_page(walk)
    says(page, *shown)
    walk.look(page, "check-sheet")
    walk.also_on_phone(PROVIDER, f"/provider/classes/{walk.memory['class']}/", "check-sheet")
    confirm(page, "提交", "提交")
    says(page, "已提交，等待审核")


def confirmed(walk: Walk, button: str, *shown: str) -> None:
    """The district reads it and confirms."""
    desk = walk.as_(REVIEWER)
    desk.goto("/desk/")
    desk.get_by_role("link", name=walk.memory["name"]).first.click()
    says(desk, *shown)
    walk.look(desk, "filing-desk")
    desk.get_by_role("button", name=button).click()
    says(desk, "已办理")
    page = class_page(walk)
    says(page, "已确认开班")
