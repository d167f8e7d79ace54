"""The wire to the electronic seal: a key file or a token signs, a test authority stands in for the licensed one."""

from peibu.gateways.seal.authority import credential_key_pem, make_credential_key, test_seal_file, trust_of_folder
from peibu.gateways.seal.errors import SealUnavailable
from peibu.gateways.seal.signers import KINDS, SealSettings, seal_of, trusted_roots

__all__ = [
    "KINDS",
    "SealSettings",
    "SealUnavailable",
    "credential_key_pem",
    "make_credential_key",
    "seal_of",
    "test_seal_file",
    "trust_of_folder",
    "trusted_roots",
]
