"""Open Badges 3.0 credentials: the vocabulary is the published one, and other JOSE software reads them."""

import json
from datetime import date
from importlib import resources

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from pyld import jsonld

from peibu.papers.badges import LIST_BITS, BadgeData, Issuer, badge, did_document, signed_badge, signed_status_list

ISSUER = Issuer(code="370202", name="青岛市市南区人力资源和社会保障局", base_url="https://peibu.example.cn")
DATA = BadgeData(
    key="0190c0de-0000-7000-8000-000000000001",
    serial="鲁青工培〔2020〕370202-000001",
    name="王一",
    course_key="0190c0de-0000-7000-8000-000000000002",
    title="山东省职业技能培训合格证书",
    course="工业互联网平台应用",
    criteria="完成规定的40课时，考核成绩合格",
    from_on=date(2020, 10, 1),
    to_on=date(2020, 10, 20),
    issued_on=date(2020, 10, 28),
    status_url="https://peibu.example.cn/credentials/status/1/",
    status_index=0,
)
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
FILES = {"credentials/v2": "credentials-v2.json", "context-3.0.3": "ob-v3p0-context-3.0.3.json"}


def published(url: str, _options) -> dict:
    """The published contexts as openbadgeslib ships them; nothing is fetched."""
    name = next(file for part, file in FILES.items() if part in url)
    text = (resources.files("openbadgeslib") / "ob3" / "contexts" / name).read_text(encoding="utf-8")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": json.loads(text)}


def expanded(body: dict) -> list:
    """Every member as the published vocabulary reads it; a member it does not know is dropped by the algorithm."""
    return jsonld.expand(body, {"documentLoader": published})


def test_every_member_belongs_to_the_published_vocabulary():
    there_and_back = jsonld.compact(
        expanded(badge(DATA, ISSUER)), {"@context": badge(DATA, ISSUER)["@context"]}, {"documentLoader": published}
    )
    assert members(badge(DATA, ISSUER)) <= members(there_and_back)
    invented = {**badge(DATA, ISSUER), "inventedMember": "x"}
    lost = jsonld.compact(expanded(invented), {"@context": invented["@context"]}, {"documentLoader": published})
    assert "inventedMember" not in members(lost)  # negative control


def members(value) -> set[str]:
    if isinstance(value, list):
        return set().union(*(members(one) for one in value)) if value else set()
    if isinstance(value, dict):
        return set(value).union(*(members(one) for one in value.values()))
    return set()


def test_another_jose_library_reads_it_and_refuses_a_foreign_key():
    token = signed_badge(DATA, ISSUER, KEY)
    told = jwt.decode(token, PRIVATE.public_key(), algorithms=["RS256"])
    assert (told["iss"], told["jti"]) == (ISSUER.did, told["id"])
    assert told["credentialSubject"]["licenseNumber"] == DATA.serial
    header = jwt.get_unverified_header(token)
    assert jwt.PyJWK(header["jwk"]).key.public_numbers() == PRIVATE.public_key().public_numbers()
    assert "d" not in header["jwk"]
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, foreign.public_key(), algorithms=["RS256"])


@pytest.mark.parametrize(
    ("base", "did"),
    [
        ("https://peibu.example.cn", "did:web:peibu.example.cn:issuers:370202"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000:issuers:370202"),
        ("https://example.cn/peibu/", "did:web:example.cn:peibu:issuers:370202"),
    ],
)
def test_the_did_names_host_port_and_path(base, did):
    issuer = Issuer(code="370202", name="x", base_url=base)
    assert issuer.did == did
    assert did_document(issuer, KEY)["id"] == did


@given(st.sets(st.integers(0, LIST_BITS - 1), max_size=30))
def test_the_status_list_says_exactly_who_is_void(revoked):
    token = signed_status_list("https://x/1/", revoked, ISSUER, KEY, since=date(2020, 10, 28))
    told = jwt.decode(token, PRIVATE.public_key(), algorithms=["RS256"])["credentialSubject"]
    bits = decode_encoded_list(told["encodedList"])
    assert len(bits) * 8 == LIST_BITS
    assert set_indices(bits) == revoked


def test_a_number_outside_the_list_is_an_error():
    with pytest.raises(IndexError):
        signed_status_list("https://x/1/", [LIST_BITS], ISSUER, KEY, since=date(2020, 10, 28))
