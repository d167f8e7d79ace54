"""A certificate as a W3C Verifiable Credential: Open Badges 3.0, secured as a JWT (RS256) as its section 8.2 wants.

Told: the holder's name and the certificate's number. Not told: the identity number, also not as a hash, because the few
hundred million possible numbers are tried through in minutes.
"""

import base64
import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from peibu.papers.wording import BEIJING

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
ALGORITHM = "RS256"  # the one algorithm every Open Badges 3.0 validator must know
MEDIA_TYPE = "application/vc+jwt"
LIST_BITS = 131_072  # the least length of a status list: single numbers hide among many


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who issues: `code` of the district, `name` of the bureau, `base_url` of this site."""

    code: str
    name: str
    base_url: str

    @property
    def did(self) -> str:
        """did:web, resolved at `<base_url>/issuers/<code>/did.json`."""
        parts = urlsplit(self.base_url)
        path = "".join(f":{quote(step, safe='')}" for step in parts.path.strip("/").split("/") if step)
        return f"did:web:{quote(parts.netloc, safe='')}{path}:issuers:{self.code}"

    @property
    def key_id(self) -> str:
        return f"{self.did}#key-1"


@dataclass(frozen=True, kw_only=True)
class BadgeData:
    """One certificate; `status_index` is its place in the list at `status_url`."""

    key: str
    serial: str
    name: str
    course_key: str
    title: str
    course: str
    criteria: str
    from_on: date
    to_on: date
    issued_on: date
    status_url: str
    status_index: int


def badge(data: BadgeData, issuer: Issuer) -> dict:
    """The credential as JSON-LD, not yet secured."""
    return {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{data.key}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": data.title,
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.base_url},
        "validFrom": _moment(data.issued_on),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": data.name, "identityType": "name"}
            ],
            "licenseNumber": data.serial,
            "activityStartDate": _moment(data.from_on),
            "activityEndDate": _moment(data.to_on),
            "achievement": {
                "id": f"urn:uuid:{data.course_key}",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "inLanguage": "zh-CN",
                "name": data.title,
                "description": data.course,
                "criteria": {"narrative": data.criteria},
            },
        },
        "credentialStatus": {
            "id": f"{data.status_url}#{data.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(data.status_index),
            "statusListCredential": data.status_url,
        },
    }


def signed_badge(data: BadgeData, issuer: Issuer, key_pem: bytes) -> str:
    """The credential as a compact JWT; the registered claims say the same as the credential."""
    body = badge(data, issuer)
    claims = {"iss": issuer.did, "jti": body["id"], "nbf": int(_midnight(data.issued_on).timestamp())}
    return _signed({**body, **claims}, issuer, key_pem)


def signed_status_list(url: str, revoked: Iterable[int], issuer: Issuer, key_pem: bytes, *, since: date) -> str:
    """The Bitstring Status List of a batch as a compact JWT. Indexes outside the list raise IndexError."""
    bits = bytearray(LIST_BITS // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
    body = {
        "@context": [CONTEXTS[0]],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": _moment(since),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{packed}",
        },
    }
    claims = {"iss": issuer.did, "sub": f"{url}#list", "jti": url, "nbf": int(_midnight(since).timestamp())}
    return _signed({**body, **claims}, issuer, key_pem)


def did_document(issuer: Issuer, key_pem: bytes) -> dict:
    """What did:web leads to: the public key, nothing else."""
    method = {
        "id": issuer.key_id,
        "type": "JsonWebKey",
        "controller": issuer.did,
        "publicKeyJwk": _public(key_pem),
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": issuer.did,
        "verificationMethod": [method],
        "assertionMethod": [issuer.key_id],
    }


def _public(key_pem: bytes) -> dict:
    return {**RSAKey.import_key(key_pem).as_dict(private=False), "alg": ALGORITHM, "use": "sig"}


def _signed(claims: dict, issuer: Issuer, key_pem: bytes) -> str:
    header = {"alg": ALGORITHM, "typ": "vc+jwt", "cty": "vc", "kid": issuer.key_id, "jwk": _public(key_pem)}
    body = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(header, body, RSAKey.import_key(key_pem), algorithms=[ALGORITHM])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def _moment(day: date) -> str:
    return _midnight(day).isoformat()
