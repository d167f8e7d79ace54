"""The real wire: signed JSON over HTTPS, a few seconds, no second try; who asks again asks again later."""

import hashlib
import hmac
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from peibu.gateways.identity.records import BATCH, Answer, Ask, GatewayAway, asks_json, read_answers

SIGNATURE = "X-Peibu-Signature"
LONGEST_REPLY = 1024 * 1024


def signature(key: str, body: bytes) -> str:
    """HMAC-SHA256 of the body in hexadecimal: the register knows who asks, and that nobody changed the question."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class HttpIdentity:
    """`url`: where checks are posted; `key`: shared with the register; `seconds`: how long it may take."""

    url: str
    key: str
    source: str = "人口基础信息核验接口"
    seconds: float = 5.0

    def check(self, asks: Sequence[Ask]) -> list[Answer]:
        """See `IdentityService.check`; asks of more than BATCH people go in several requests."""
        return [row for n in range(0, len(asks), BATCH) for row in self._post(asks[n : n + BATCH])]

    def _post(self, asks: Sequence[Ask]) -> list[Answer]:
        body = asks_json(asks)
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self.key, body)}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as reply:
                content = reply.read(LONGEST_REPLY + 1)
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise GatewayAway(f"the register did not answer: {error}") from error
        if len(content) > LONGEST_REPLY:
            raise GatewayAway("the reply is longer than any reply can be")
        return read_answers(content, asks)
