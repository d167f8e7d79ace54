"""What was left open when the teaching ended, and why: a page of the archive package."""

import datetime as dt

from django.utils import timezone

from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.filing_papers import in_chinese
from peibu.training.models import Cohort


@in_chinese
def teaching_end(cohort: Cohort, on: dt.date) -> dict[str, bytes]:
    """The statement of the provider, where something had not been settled; classes without it have no such file."""
    end = getattr(cohort, "teaching_end", None)
    if end is None or not end.left_open:
        return {}
    ended = f"{end.ended_by.name}，{timezone.localtime(end.ended_at):%Y-%m-%d %H:%M}"
    parts = [
        Part(heading="结课时未办结的事项", paragraphs=list(end.left_open)),
        Part(heading="理由", paragraphs=end.reason.splitlines()),
        Part(heading="结课办理人", paragraphs=[ended]),
    ]
    return {"03-签到簿/结课说明.pdf": plain_pdf(title=f"{cohort.name}结课说明", parts=parts, dated=on)}
