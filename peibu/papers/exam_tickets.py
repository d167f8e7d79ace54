"""Papers of the examination room: 准考证 (two on a page) and the seat list for the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peibu.papers.errors import FieldRefused
from peibu.papers.typesetting import typeset
from peibu.papers.wording import day


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One candidate: ``fields`` are label and value pairs, ``seat`` is what must be found at once."""

    number: str
    name: str
    id_number_masked: str
    room: str
    seat: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class TicketSheet:
    """Tickets of one exam; ``rules`` stand on each of them."""

    title: str
    tickets: Sequence[Ticket]
    rules: Sequence[str]
    issuer: str
    printed_on: date


def admission_tickets_pdf(sheet: TicketSheet) -> bytes:
    """Portrait A4, two tickets on a page. Raises FieldRefused without tickets, GlyphGap, FontsMissing."""
    if not sheet.tickets:
        raise FieldRefused("没有考生，无法生成准考证。请先编排座位。")
    payload = {
        "title": sheet.title,
        "issuer": sheet.issuer,
        "rules": list(sheet.rules),
        "printed_on": day(sheet.printed_on),
        "tickets": [
            {
                "number": ticket.number,
                "name": ticket.name,
                "id_number": ticket.id_number_masked,
                "room": ticket.room,
                "seat": ticket.seat,
                "fields": [list(pair) for pair in ticket.fields],
            }
            for ticket in sheet.tickets
        ],
    }
    return typeset("admission_tickets", payload, dated=sheet.printed_on)
