"""The bank of an agency: which files it takes, what it can do when a result is lost, over which line it is reached."""

import dataclasses

from django.conf import settings

from peibu.accounts.models import Unit
from peibu.gateways.bank import Wire
from peibu.gateways.bank.wire import HttpWire
from peibu.payments.enums import Ability
from peibu.payments.models import BankChannel


@dataclasses.dataclass(frozen=True)
class Terms:
    """What counts for an agency's next batch. `wire` is empty when a person carries the files."""

    format: str
    statement_format: str
    ability: str
    wire: str
    payer_name: str
    payer_account: str
    payer_bank: str


def terms_of(agency: Unit) -> Terms:
    """The agency's own bank, or what the site has set for all: then nothing is known of the bank, so it can do nothing."""
    row = BankChannel.objects.filter(agency=agency).first()
    if row is None:
        return Terms(settings.BANK_FORMAT, "generic_txt", Ability.NEITHER, "", agency.name, "", "")
    names = [field.name for field in dataclasses.fields(Terms)]
    return Terms(**{name: getattr(row, name) for name in names})


def wire_named(code: str) -> Wire | None:
    """A line of the settings (PEIBU_BANK_WIRES: code -> address); None when files are carried by a person."""
    address = settings.BANK_WIRES.get(code)
    token = settings.BANK_TOKENS.get(code, "")
    return HttpWire(address, token=token, seconds=settings.BANK_SECONDS) if address else None
