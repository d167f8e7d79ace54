"""Traces as they are read out of statements, written down directly: for what computes with them."""

import datetime as dt
from uuid import UUID, uuid5

from peibu.learning.models import LearningTrace

BEGIN = dt.datetime(2020, 5, 6, 1, tzinfo=dt.UTC)  # nine o'clock in China
TENANTS = [UUID(int=number) for number in range(1, 9)]
_NAMES = UUID(int=77)


def moment(seconds: float) -> dt.datetime:
    return BEGIN + dt.timedelta(seconds=seconds)


class Traces:
    """Collects traces; `keep` writes them all."""

    def __init__(self):
        self.rows: list[LearningTrace] = []

    def add(
        self, learner: str, seconds: float, *, late: float = 0, course: str = "c1", session: str = "s1", tenant: int = 0,
        kind: str = "record", **more,
    ) -> LearningTrace:  # fmt: skip
        """One trace that happened so many seconds after BEGIN and was stored `late` seconds after that."""
        told = {
            "verb": "progressed",
            "halts": False,
            "known": True,
            "item": course,
            "played": "",
            "success": None,
            "response": "",
            "ip": "",
            "device": "",
        }
        row = LearningTrace(
            id=uuid5(_NAMES, f"{len(self.rows)}"), stored=moment(seconds + late), ts=moment(seconds),
            tenant=TENANTS[tenant], learner=learner, course=course, session=f"{learner[:8]}-{session}", kind=kind,
            **told | more,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def sitting(self, learner: str, start: float, end: float, *, late: float = 86400, **more) -> LearningTrace:
        """A sitting that the platform reported afterwards."""
        row = self.add(learner, start, late=max(late, end - start), kind="sitting", verb="attended", **more)
        row.until = moment(end)
        row.session = str(row.id)[-12:] + learner[:8]
        return row

    def keep(self) -> None:
        LearningTrace.objects.bulk_create(self.rows, batch_size=5000)
