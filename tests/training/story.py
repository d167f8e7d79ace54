"""A finished class for any test: played by the demo's loader through the real actions, up to a named moment.

`finished_class(city)` is a certified class of the small city; `upto` names any event of the class's plan ("confirmed",
"taught", "exam_approved", "scored", "certified"), or "archivable" (with a scanned paper) and "archived".
"""

import dataclasses
import datetime as dt

from peibu.accounts.models import Assignment, User
from peibu.demo.city.plans import ClassPlan
from peibu.demo.city.stages import until
from peibu.demo.loader.classes import ClassStory
from peibu.demo.loader.exams import examine
from peibu.demo.loader.players import Players
from peibu.demo.loader.teaching import teach
from peibu.oversight.actions.archive import archive_class, keep_exam_paper
from peibu.papers.plain_papers import Part, plain_pdf

LATER = ("archivable", "archived")


def plan_of(city, nth: int = 0) -> ClassPlan:
    """The nth class of the cast that came to its certificates."""
    rows = [plan for plan in city.city.classes if any(event.name == "certified" for event in plan.events)]
    return sorted(rows, key=lambda plan: plan.events[0].at)[nth]


def finished_class(city, upto: str = "certified", *, nth: int = 0) -> ClassStory:
    """Play the nth finished class up to an event; `.cohort`, `.by` (the provider) and `.players` are then there."""
    plan = plan_of(city, nth)
    last = "certified" if upto in LATER else upto
    story = ClassStory(Players(city.loaded), dataclasses.replace(plan, events=until(plan.events, last)))
    story.play()
    teach(story)
    _accounts(story)
    examine(story)
    story.cohort.refresh_from_db()
    if upto in LATER:
        add_paper(story)
    if upto == "archived":
        archive_class(cohort=story.cohort, by=story.by, at=after(story))
        story.cohort.refresh_from_db()
    return story


def _accounts(story: ClassStory) -> None:
    """The city gives accounts to a few trainees only; here everybody of the class who answers the survey has one."""
    here = set(story.cohort.enrolments.filter(state="active").values_list("person_id", flat=True))
    answers = tuple(row for row in story.plan.answers if story.loaded.people[row.person].pk in here)
    story.plan = dataclasses.replace(story.plan, answers=answers)
    for answer in answers:
        person = story.loaded.people[answer.person]
        if story.players.trainee(person.key) is None:
            user = User(username=f"t-{person.pk.hex[-12:]}", name=person.name, person_key=person.key)
            user.created_at = min(story.when.values())
            user.set_unusable_password()
            user.save()
            Assignment.objects.create(user=user, role="trainee", valid_from=user.created_at.date())


def after(story: ClassStory, hours: int = 24) -> dt.datetime:
    """Some time after the last thing that happened."""
    return max(story.when.values()) + dt.timedelta(hours=hours)


def scan(text: str = "学员答卷扫描件") -> bytes:
    """A scanned paper as the provider would upload it."""
    return plain_pdf(title="考核试卷", parts=[Part(heading="", paragraphs=[text])], dated=dt.date(2020, 11, 1))


def add_paper(story: ClassStory) -> None:
    keep_exam_paper(cohort=story.cohort, name="试卷.pdf", content=scan(), by=story.by, at=after(story, 2))
