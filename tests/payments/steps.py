"""Steps on the road to a payment, for the tests of this room."""

import datetime as dt

from peibu.papers.plain_papers import Part, plain_pdf
from peibu.payments.actions import import_reply, intend, mark_sent, prepare_batch_of_cases, release_batch
from tests.city import at
from tests.payments.road import NOW

DAY = dt.date(2020, 11, 25)
COOLED = at("2020-12-03 09:00")
LATER = at("2020-11-25 16:00")
PDF = plain_pdf(title="银行证明", parts=[Part(heading="", paragraphs=["业务专用章"])], dated=DAY)


def intent(road, case, **changed):
    given = {
        "case": case,
        "payee": case.applicant,
        "account": case.claim.account,
        "amount_fen": case.claim.approved_fen,
        "by": road.maker,
        "at": NOW,
    }
    return intend(**(given | changed))


def sent(road, *cases):
    batch = prepare_batch_of_cases(cases=cases, by=road.maker, at=NOW)
    batch = release_batch(batch=batch, by=road.releaser, at=NOW)
    return mark_sent(batch=batch, by=road.maker, at=NOW)


def content(batch) -> bytes:
    with batch.file.file.open("rb") as file:
        return file.read()


def reply(road, batch, bank, *, read_at=LATER, **wishes):
    told = bank.answer(batch.format, content(batch), on=max(DAY, batch.released_at.date()), **wishes)
    return import_reply(batch=batch, name="回盘", content=told, by=road.maker, at=read_at)
