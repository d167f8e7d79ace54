"""What the pages of providers are sent, and how tests open and post them."""

from django.urls import reverse
from django.utils import timezone

from tests.training.filing_world import PARTS


def page(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    return answer, "" if answer.streaming else answer.content.decode()


def follow(client, name, *args, data=None):
    answer = client.post(reverse(name, args=args), data or {}, follow=True)
    return answer, answer.content.decode()


PLAN_DATA = {**{k: v for k, v in PARTS.items() if k != "fee_fen"}, "fee": "1,800.00"}


def plan_data(filing, **changes):
    chosen = {"bases": [b.pk for b in filing.bases], "teachers": [t.pk for t in filing.teachers]}
    return {k: v for k, v in (PLAN_DATA | chosen | changes).items() if v is not None}


def rows(lessons, **changes):
    """A timetable as the form sends it; `changes` by "0-ends"."""
    data = {"row-TOTAL_FORMS": len(lessons), "row-INITIAL_FORMS": 0}
    for number, lesson in enumerate(lessons):
        start, end = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
        values = {
            "date": f"{start:%Y-%m-%d}",
            "starts": f"{start:%H:%M}",
            "ends": f"{end:%H:%M}",
            "kind": lesson.kind,
            "subject": lesson.subject,
            "class_hours": lesson.class_hours,
            "place": lesson.place,
            "teacher": lesson.teacher.pk if lesson.teacher else "",
            "base": lesson.base.pk if lesson.base else "",
        }
        data |= {f"row-{number}-{name}": value for name, value in values.items()}
    return data | {f"row-{key}": value for key, value in changes.items()}
