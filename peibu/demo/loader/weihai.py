"""A Weihai technician class of 210 hours (WH63.2.1 to 63.2.6): taught, the city body's paper drawn, the exam ahead.

It stands in December 2019, when the document was in force: the visitor moves the clock there and holds the exam.
"""

import datetime as dt

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.demo.city.bodies import CITY
from peibu.demo.loader.delivery import DeliveryStory, Part, bureau_of, list_unit, moment
from peibu.demo.loader.online import BLUEPRINT, MINUTES, SEED
from peibu.demo.loader.players import Players
from peibu.examining.actions.papers import draw_paper
from peibu.examining.actions.seating import draw_seats, release_tickets
from peibu.examining.actions.sittings import set_up_test
from peibu.papers.plain_papers import Part as Section
from peibu.papers.plain_papers import plain_pdf
from peibu.registry.models import Employment, Person, Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.exam import draft_exam, file_exam, name_graders, name_supervisors, set_time
from peibu.training.actions.papers import keep_paper
from peibu.training.queries.exams import possible_supervisors

WEIHAI = "weihai/gold_collar_2019"
PROVIDER, TRAINEE = "p17", "o-c01-trainee"
OCCUPATION = "6-18-02-04"
LISTED, SIGNED, FILED = moment("2019-10-22 09:00"), moment("2019-10-24 09:00"), moment("2019-10-25 10:00")
FIRST, FINISHED = dt.date(2019, 11, 4), moment("2019-12-06 18:00")
ASKED, ARRANGED, APPROVED = moment("2019-12-09 09:00"), moment("2019-12-09 15:00"), moment("2019-12-10 09:00")
EXAM_FROM, EXAM_UNTIL = moment("2019-12-16 09:00"), moment("2019-12-16 11:00")
PEOPLE = 10
STATED = {
    "occupation_code": OCCUPATION,
    "target_level": "technician",
    "employer_kind": "enterprise",
    "post_kind": "skilled_worker",
    "worker_relation": "labour_contract",
    "held_level": "senior",
    "prior_certificate_kind": "vocational_qualification",
    "prior_level_since": "2015-05-20",
    "occupation_work_days": 2000,
    "outstanding_achievement": "none",
}
PLAN = {
    "project_name": "焊工技师培训",
    "mode": "理论学习、模拟操作和技术攻关交流相结合",
    "goal": "达到焊工技师的知识和技能要求",
    "training_place": "实训中心",
    "practice_place": "实训中心焊接车间",
    "content": "思政、通用知识、专业理论、模拟焊接、焊接实训",
    "class_hours": 210,
    "headcount": PEOPLE,
    "batches": 1,
    "evaluation": "由市级职业技能鉴定机构考核鉴定",
    "fee_fen": 0,
    "stated": {
        "occupation_code": OCCUPATION,
        "target_level": "technician",
        "industries": ["smart_manufacturing"],
        "planned_with_employer": True,
        "training_modes": ["theory", "simulation", "problem_solving"],
    },
}
TITLES = ("senior_title", "senior_technician")


def parts() -> list[Part]:
    """10 ideological, 110 theory with the nine topics, 42 simulated and 48 real practice."""
    topics = tuple(load_policy(WEIHAI).codes["theory_topics"].items)
    return [
        Part("ideological", "思想政治", (5, 5)),
        Part("theory", "焊接理论", (8,) * 13 + (6,), topics=topics),
        Part("simulation", "模拟焊接", (8,) * 5 + (2,), teacher=1),
        Part("practice", "焊接实训", (8,) * 6, teacher=1),
    ]


def play_weihai(players: Players) -> None:
    """From the list of bases to tickets handed out, each deed by who does it."""
    base = players.loaded.units[PROVIDER]
    trainee = _trainee()
    firm = Employment.objects.filter(person=trainee, ended_on__isnull=True).order_by("-contract_from").first().unit
    story = DeliveryStory(players, WEIHAI, base, firm)
    list_unit(WEIHAI, "base", base, title="“金蓝领”培训基地名单（演示）", on=LISTED.date())
    story.record("unit", base.pk, "credit_class", "good", since=dt.date(2019, 1, 1), at=LISTED)
    for teacher in story.teachers:
        row = {"teacher": teacher.name, "teaches": "both", "titles": list(TITLES)}
        story.record("unit", base.pk, "teachers", row, since=dt.date(2019, 1, 1), at=LISTED)
    story.sign_up(story.people([trainee], PEOPLE), post="焊工", stated=STATED, at=SIGNED)
    story.open_class(f"{base.name}焊工技师班", PLAN, FIRST, parts(), at=FILED)
    _contracts(story)
    story.file(submitted=FILED, confirmed=moment("2019-10-28 10:00"))
    story.teach(finished=FINISHED)
    _exam(story)


def _trainee() -> Person:
    """The person behind the account the sign-in page offers; in a smaller city the first trainee there is."""
    rows = Assignment.objects.filter(role=Role.TRAINEE).select_related("user").order_by("user__username")
    row = rows.filter(user__username=TRAINEE).first() or rows.first()
    return Person.objects.get(key=row.user.person_key)


def _contracts(story: DeliveryStory) -> None:
    content = plain_pdf(
        title="劳动合同", parts=[Section(heading="", paragraphs=["演示用扫描件。"])], dated=FILED.date()
    )
    people = story.cohort.enrolments.values_list("pk", flat=True)
    keep_paper(
        cohort=story.cohort, code="contract_copies", people=people, name="劳动合同复印件.pdf", content=content,
        by=story.by, at=FILED,
    )  # fmt: skip


def _exam(story: DeliveryStory) -> None:
    """The base asks; the city's body draws the paper, names who examines and watches; the bureau arranges the exam."""
    exam = draft_exam(cohort=story.cohort, by=story.by, at=ASKED)
    file_exam(exam=exam, by=story.by, at=ASKED)
    body = story.players.of(Role.EXAMINER, story.players.loaded.units[f"{CITY}-appraisal"])
    set_time(exam=exam, held_from=EXAM_FROM, held_until=EXAM_UNTIL, place="鉴定中心机房", by=body, at=ARRANGED)
    draw_paper(exam=exam, lines=BLUEPRINT, by=body, at=ARRANGED, seed=SEED)
    set_up_test(exam=exam, minutes=MINUTES, by=body, at=ARRANGED)
    keys = list(Teacher.objects.filter(unit=body.unit).values_list("person_key", flat=True))
    name_graders(exam=exam, person_keys=keys, by=body, at=ARRANGED)
    watchers = possible_supervisors(story.cohort, Role.HRSS_SUPERVISOR, on=ARRANGED.date())[:1]
    name_supervisors(exam=exam, users=list(watchers), by=body, at=ARRANGED)
    exam.refresh_from_db()
    story.move(exam.case, "approve", bureau_of(story.players), APPROVED)
    exam.refresh_from_db()
    draw_seats(exam=exam, rooms=(("机房一", 12),), by=body, at=APPROVED, seed=SEED)
    release_tickets(exam=exam, by=body, at=APPROVED)
