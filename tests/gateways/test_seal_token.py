"""A seal on a PKCS#11 token, by SoftHSM2: the key never leaves it, and its signature is judged like any other."""

import dataclasses
import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from pkcs11.util.rsa import encode_rsa_public_key

from peibu.gateways.seal import SealSettings, SealUnavailable, seal_of, signers, trusted_roots
from peibu.papers.guilloche import certificate_ground
from peibu.papers.sealing import read_seal, sealed
from peibu.papers.steady import SteadySigner
from peibu.papers.typesetting import typeset

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((path for path in MODULES if Path(path).is_file()), "")
TOKEN, CODE, PIN = "peibu-test", "370202", "271828"
PLACE = {"reason": "签发", "place": "青岛市"}
pytestmark = pytest.mark.skipif(
    not MODULE or shutil.which("softhsm2-util") is None,
    reason="SoftHSM2 不在这台机器上（Debian：apt-get install softhsm2），印章设备没有测试 / no SoftHSM2 here",
)


def certificate(subject: str, key, issuer: x509.Name, signer, *, authority: bool) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer).public_key(key)
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))
    made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    signing = {"digital_signature": not authority, "content_commitment": not authority}
    issuing = {"key_cert_sign": authority, "crl_sign": authority}
    made = made.add_extension(x509.KeyUsage(**usage, **signing, **issuing), critical=True)
    return made.sign(signer, hashes.SHA256())


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@pytest.fixture(scope="module")
def token(tmp_path_factory) -> SealSettings:
    """A token with the seal of one bureau, and the folder with the root it leads to."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "roots").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("测试根", root_key.public_key(), name("测试根"), root_key, authority=True)
    (folder / "roots" / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    with pkcs11.lib(MODULE).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        public, _private = session.generate_keypair(KeyType.RSA, 2048, label=CODE, store=True)
        key = serialization.load_der_public_key(encode_rsa_public_key(public))
        seal = certificate("市南区人社局", key, root.subject, root_key, authority=False)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: CODE,
                Attribute.SUBJECT: seal.subject.public_bytes(),
                Attribute.VALUE: seal.public_bytes(serialization.Encoding.DER),
            }
        )
    return SealSettings(kind="pkcs11", folder=folder / "roots", password=PIN, module=MODULE, token=TOKEN)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return typeset("ground", {}, dated=dt.date(2020, 1, 1), pictures={"ground.svg": certificate_ground()})


@pytest.mark.parametrize("wrong", [{"password": "000000"}, {"token": "another"}, {"module": "/nowhere.so"}])
def test_a_token_that_cannot_sign_says_what_to_check(token, wrong):
    """Stands first: once a process is logged in, the PIN is not asked for again."""
    with pytest.raises(SealUnavailable, match="请核对设备、口令和标签"):
        seal_of(dataclasses.replace(token, **wrong), code=CODE, name="市南区人社局")


def test_the_key_on_the_token_signs_and_the_signature_is_valid(token, paper):
    signer = SteadySigner(seal_of(token, code=CODE, name="市南区人社局"))
    roots = trusted_roots(token)
    for file in [sealed(paper, signer, **PLACE) for _ in range(3)]:
        told = read_seal(file, roots)
        assert told is not None
        assert (told.signer, told.valid) == ("市南区人社局", True)
        spoiled = bytearray(file)
        spoiled[300] ^= 1
        changed = read_seal(bytes(spoiled), roots)  # negative control
        assert changed is None or not changed.valid


def test_another_bureau_s_code_has_no_key_on_the_token(token):
    with pytest.raises(SealUnavailable, match="370203"):
        seal_of(token, code="370203", name="市北区人社局")


def test_the_private_key_cannot_be_taken_out(token):
    session = signers._session(token)
    [private] = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: CODE})
    assert private[Attribute.EXTRACTABLE] is False


def test_two_batches_at_once_share_the_login(token, paper):
    """The token refuses the PIN a second time in one process; the second batch signs all the same."""
    both = [seal_of(token, code=CODE, name="市南区人社局") for _ in range(2)]
    for signer in both:
        told = read_seal(sealed(paper, signer, **PLACE), trusted_roots(token))
        assert told is not None
        assert told.valid
