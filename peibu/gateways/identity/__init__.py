"""The wire to the population register that says whether a name and an identity number belong together.

The protocol is told in docs/reference/identity-check.md. No Django.
"""

from peibu.gateways.identity.fake import FakeIdentity
from peibu.gateways.identity.http import HttpIdentity
from peibu.gateways.identity.records import BATCH, VERDICTS, Answer, Ask, GatewayAway, IdentityService

__all__ = ["BATCH", "VERDICTS", "Answer", "Ask", "FakeIdentity", "GatewayAway", "HttpIdentity", "IdentityService"]
