"""The wire to the electronic seal: a key file or a token signs, a test authority stands in for the licensed one."""

from peibu.gateways.seal.authority import credential_key_pem, test_seal_file, trust_of_folder
from peibu.gateways.seal.signers import KINDS, SealSettings, SealUnavailable, seal_of, trusted_roots

__all__ = [
    "KINDS",
    "SealSettings",
    "SealUnavailable",
    "credential_key_pem",
    "seal_of",
    "test_seal_file",
    "trust_of_folder",
    "trusted_roots",
]
