"""The electronic seal as this installation has it: settings in, signer and trusted roots out."""

from django.conf import settings
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from peibu.accounts.models import Unit
from peibu.gateways.seal import SealSettings, make_credential_key, seal_of, trusted_roots


def seal_settings() -> SealSettings:
    return SealSettings(**settings.SEAL)


def signer_of(unit: Unit) -> Signer:
    """The seal of an issuing bureau, found by its district's code. Raises SealUnavailable."""
    return seal_of(seal_settings(), code=unit.division.desk.number_code, name=unit.name)


def prepare_credentials() -> None:
    """Make the key of credentials when there is none: a job does it, a page only reads it."""
    make_credential_key(seal_settings().folder)


def roots() -> SimpleCertificateStore:
    return trusted_roots(seal_settings())
