"""Signed statements: the signature attachment is a JWS over the very statement (xAPI 1.0.3 data 2.6)."""

import base64
import binascii
import json

from cryptography import x509
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from peibu.learning.statement.check import SIGNATURE
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.same import same

ALGORITHMS = ("RS256", "RS384", "RS512")


def signature_of(statement: dict) -> dict | None:
    """The attachment that holds a statement's signature; None when it is not signed."""
    return next((one for one in statement.get("attachments", ()) if one["usageType"] == SIGNATURE), None)


def verify(statement: dict, token: bytes, where: str) -> None:
    """Raise Invalid unless the JWS is well made, says the same as the statement and fits the certificate it carries.

    A token without a certificate (`x5c`) proves nothing about its maker; the specification lets it pass.
    """
    header, payload = _parts(token, where)
    if header.get("alg") not in ALGORITHMS:
        raise Invalid(where, "签名算法应为 RS256、RS384 或 RS512")
    if not isinstance(payload, dict) or not same(payload, statement, signed=True):
        raise Invalid(where, "签名的内容与语句不一致")
    if "x5c" in header:
        _check(token, header, where)


def _parts(token: bytes, where: str) -> tuple[dict, object]:
    try:
        header, payload, _signature = token.strip().decode("ascii").split(".")
        head = json.loads(_decoded(header))
        if not isinstance(head, dict):
            raise ValueError(header)
        return head, json.loads(_decoded(payload))
    except (ValueError, binascii.Error, RecursionError):
        raise Invalid(where, "签名不是有效的 JWS") from None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _check(token: bytes, header: dict, where: str) -> None:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
        key = RSAKey.import_key(certificate.public_key())
        jws.deserialize_compact(token.strip().decode("ascii"), key, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, IndexError, KeyError, AttributeError, binascii.Error):
        raise Invalid(where, "签名与所附证书不符") from None
