"""What happens in a course, as xAPI statements (Video Profile 1.0 for videos). Pure: rows in, dictionaries out.

A person is the keyed hash, as in the reports of platforms; no name, number or text of a person's papers is written.
"""

import dataclasses
import datetime as dt
from uuid import UUID, uuid5

from peibu.courses.enums import ItemKind
from peibu.courses.models import Course, Item, Registration
from peibu.courses.segments import seconds, told
from peibu.learning.reports import words
from peibu.learning.statement.keys import CMI5_SESSION

_ADL = "http://adlnet.gov/expapi/verbs/"
_VIDEO = "https://w3id.org/xapi/video"
LOGGED_IN = "https://w3id.org/xapi/adl/verbs/logged-in"
INITIALIZED, COMPLETED, TERMINATED = _ADL + "initialized", _ADL + "completed", _ADL + "terminated"
PROGRESSED, EXPERIENCED = _ADL + "progressed", _ADL + "experienced"
PLAYED, PAUSED, SEEKED = (f"{_VIDEO}/verbs/{verb}" for verb in ("played", "paused", "seeked"))
EVENTS = {"played": PLAYED, "paused": PAUSED, "seeked": SEEKED, "initialized": INITIALIZED}
KINDS = {
    ItemKind.VIDEO: f"{_VIDEO}/activity-type/video",
    ItemKind.DOCUMENT: "http://activitystrea.ms/schema/1.0/page",
    ItemKind.QUIZ: words.EXAM,
}


def video_extension(name: str) -> str:
    """An extension of the Video Profile."""
    return f"{_VIDEO}/extensions/{name}"


def course_activity(course: Course) -> dict:
    """The course itself."""
    return {
        "objectType": "Activity", "id": words.activity(course.unit_id, "course", str(course.pk)),
        "definition": {"type": words.CLASS, "name": {"zh-CN": course.title}},
    }  # fmt: skip


def item_activity(course: Course, item: Item) -> dict:
    """A video, document or quiz of a course."""
    return {
        "objectType": "Activity", "id": words.activity(course.unit_id, "course", str(course.pk), "item", str(item.pk)),
        "definition": {"type": KINDS[ItemKind(item.kind)], "name": {"zh-CN": item.title}},
    }  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Teller:
    """Makes the statements of one learner in one course. `session` is None outside a learning session."""

    registration: Registration
    home: str
    session: UUID | None = None

    def agent(self) -> dict:
        return {
            "objectType": "Agent", "account": {"homePage": self.home, "name": self.registration.person.key},
        }  # fmt: skip

    def unit(self) -> dict:
        name = f"platform:{self.registration.course.unit_id}"
        return {"objectType": "Agent", "account": {"homePage": self.home, "name": name}}

    def tell(
        self, verb: str, target: dict, when: dt.datetime, *about: object, actor: dict | None = None,
        result: dict | None = None, extensions: dict | None = None, video: bool = False,
    ) -> dict:  # fmt: skip
        """One statement. Its id follows from `about`: told twice it is one statement."""
        course = course_activity(self.registration.course)
        places: dict = {"parent": [{"objectType": "Activity", "id": course["id"]}]}
        if video:
            places["category"] = [{"objectType": "Activity", "id": _VIDEO}]
        more = dict(extensions or {})
        if self.session is not None:
            more |= {video_extension("session-id"): str(self.session), CMI5_SESSION: str(self.session)}
        context = {
            "registration": str(self.registration.pk), "platform": str(self.registration.course.unit_id),
            "contextActivities": places,
        }  # fmt: skip
        if more:
            context["extensions"] = more
        statement = {
            "id": str(uuid5(self.registration.pk, "\x1f".join(map(str, (verb, *about))))),
            "actor": actor or self.agent(), "verb": {"id": verb}, "object": target, "context": context,
            "timestamp": when.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        }  # fmt: skip
        return statement | ({"result": result} if result else {})

    def video(
        self, verb: str, item: Item, when: dt.datetime, *about: object, played: list, position: int, came_from: int | None,
        speed: int, late: bool,
    ) -> dict:  # fmt: skip
        """A statement of the Video Profile. played: stretches of the whole registration; times in milliseconds."""
        whole = item.media.milliseconds
        told_of = {
            video_extension("time"): seconds(position),
            video_extension("played-segments"): told(played),
            video_extension("progress"): min(1.0, round(sum(b - a for a, b in played) / whole, 3)),
        }
        if verb == SEEKED:
            told_of = {
                video_extension("time-from"): seconds(came_from or 0), video_extension("time-to"): seconds(position),
            }  # fmt: skip
        around: dict = {video_extension("length"): round(whole / 1000), video_extension("speed"): f"{speed / 100:g}x"}
        if late:
            around[words.extension("reported-later")] = True
        result = {"extensions": told_of}
        if verb == COMPLETED:
            result |= {"completion": True, "duration": f"PT{seconds(whole):g}S"}
        target = item_activity(self.registration.course, item)
        return self.tell(verb, target, when, *about, result=result, extensions=around, video=True)
