"""Class hours of a course, judged by the rules of its policy (JN6.6.1b, 6.6.1c): nothing of the sum stands here."""

import datetime as dt

from django.db.models import Sum

from peibu.courses.models import Course, Edition
from peibu.rulebook import Finding, Policy, Status, load_policy

SUBJECT = "course_filing"
LENGTHS = {"video_seconds", "class_hours_practice"}


def milliseconds_of(edition: Edition) -> int:
    """All videos of an edition; one that stands in it twice counts once, nobody learns it twice."""
    rows = edition.chapters.filter(items__kind="video").values("items__media", "items__media__milliseconds").distinct()
    return rows.aggregate(whole=Sum("items__media__milliseconds"))["whole"] or 0


def hours_findings(course: Course, milliseconds: int, *, on: dt.date) -> list[Finding]:
    """What the policy says of the hours; whole seconds, an unfinished second counts nothing."""
    policy = load_policy(course.policy)
    seconds = milliseconds // 1000
    facts = {
        "video_seconds_low": seconds, "video_seconds_high": seconds, "course_kind": course.kind,
        "stated_online_hours": course.stated_hours,
    }  # fmt: skip
    if course.practice_hours is not None:
        facts |= dict.fromkeys(("class_hours_practice_low", "class_hours_practice_high"), course.practice_hours)
    about = _about_lengths(policy)
    return [found for found in policy.judge(SUBJECT, facts, on=on).findings if found.rule in about]


def _about_lengths(policy: Policy) -> set[str]:
    """The rules that ask for lengths; the speciality and the standard are the district's to check."""
    found = set()
    for rule in policy.rules:
        slots = {policy.slots[node.data].name for node in rule.expr.walk() if node.op == "fact"}
        if SUBJECT in rule.mark.subjects and slots & LENGTHS:
            found.add(rule.name)
    return found


def obstacles(findings: list[Finding], reason: str) -> list[Finding]:
    """What keeps a course from being published: everything but an 'in general' minimum with a recorded reason."""
    return [one for one in findings if one.status is not Status.PASS and not (one.soft and reason)]
