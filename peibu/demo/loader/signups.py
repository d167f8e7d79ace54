"""The enterprises' sign-ups for a class: people, pre-check, provider, commitment."""

import datetime as dt
import logging
from typing import TYPE_CHECKING

from peibu.demo.city.plans import ClassPlan
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.roster import add_person
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from peibu.training.models import SignUp, SignUpLine

if TYPE_CHECKING:
    from peibu.demo.loader.classes import ClassStory

log = logging.getLogger(__name__)
LEVELS = {"senior": "senior", "middle": "middle", "other": "staff"}


def people_by_firm(plan: ClassPlan) -> dict[int, list[int]]:
    """Enterprise number -> person numbers of a class."""
    found: dict[int, list[int]] = {}
    for row in plan.enrolments:
        found.setdefault(row.enterprise, []).append(row.person)
    return found


def sign_up(story: "ClassStory", *, at: dt.datetime) -> list[SignUpLine]:
    """Play one sign-up per enterprise; returns the lines that were sent."""
    lines: list[SignUpLine] = []
    for number, people in people_by_firm(story.plan).items():
        try:
            signup = _one(story, number, people, at)
        except Refused as refusal:
            # An enterprise that is not on the list is turned away, as it would be in life; the class goes on without it.
            log.info("sign-up refused: %s", refusal)
            continue
        lines += signup.lines.filter(active=True).select_related("person", "signup__enterprise")
    return lines


def _one(story: "ClassStory", number: int, people: list[int], at: dt.datetime) -> SignUp:
    loaded = story.loaded
    firm = loaded.firms[number]
    by = story.players.of("enterprise", firm)
    signup = start_signup(policy=loaded.policy, enterprise=firm, by=by, at=at)
    for person in people:
        row = loaded.city.people[person]
        add_person(
            signup=signup,
            name=row.name,
            id_number=row.id_number,
            post=row.post,
            level=LEVELS[row.level],
            level_evidence="任职文件",
            by=by,
            at=at,
        )
    signup = precheck(signup=signup, by=by, at=at + dt.timedelta(minutes=20))
    signup = choose_provider(signup=signup, provider=story.provider, by=by, at=at + dt.timedelta(minutes=30))
    version = load_policy(loaded.policy).texts["commitment"].version
    # The enterprise also sends people whose facts are still unknown: it pays first and answers for them.
    unsure = list(signup.lines.exclude(precheck__decision="pass").values_list("pk", flat=True))
    return commit_signup(signup=signup, version=version, include=unsure, by=by, at=at + dt.timedelta(minutes=40))
