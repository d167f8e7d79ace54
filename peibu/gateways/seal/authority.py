"""The fake of a licensed certification authority: a root of our own and a seal certificate per bureau.

Everything lies in one folder outside the repository (0700, files 0600): `root.pem` (trusted), `root.key`, and
`<code>.p12` for each bureau, made at first use. A signature made with it shows tampering; it is no legal e-signature.
"""

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from peibu.gateways.seal.errors import SealUnavailable

ROOT_NAME = "培补测试根证书（不具法律效力）"
CREDENTIAL_KEY = "credential.key"
ROOT_YEARS, SEAL_YEARS = 20, 10
_DAY = dt.timedelta(days=1)
_SIGNING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,  # non-repudiation: what a seal is for
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
_ISSUING = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def trust_of_folder(folder: Path) -> list[bytes]:
    """The PEM files (`*.pem`) of trusted roots in a folder, in the order of their names."""
    return [path.read_bytes() for path in sorted(folder.glob("*.pem"))]


def test_seal_file(folder: Path, *, code: str, name: str, password: str) -> Path:
    """The key file of a bureau, made with the test authority at first use. `name` becomes its common name."""
    path = folder / f"{code}.p12"
    with _alone(folder):
        root, root_key = _root(folder)
        if not path.exists():
            _write(path, _seal(root, root_key, name, password))
    return path


def make_credential_key(folder: Path) -> None:
    """Make the RSA key that signs credentials unless there is one; `credential.key` may be put there beforehand."""
    path = folder / CREDENTIAL_KEY
    with _alone(folder):
        if not path.exists():
            _write(path, _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))


def credential_key_pem(folder: Path) -> bytes:
    """The key that signs credentials (PKCS#8 PEM); reading never makes one. Raises SealUnavailable."""
    path = folder / CREDENTIAL_KEY
    if not path.is_file():
        raise SealUnavailable("还没有电子凭证的签名密钥。密钥在签发第一批证书文件时生成，请稍后再试")
    return path.read_bytes()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of several processes that need the first key at once, one makes it and the others read it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _root(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate, key = folder / "root.pem", folder / "root.key"
    if not certificate.exists():
        made_key = ec.generate_private_key(ec.SECP384R1())
        subject = _name(ROOT_NAME)
        made = _builder(subject, subject, made_key.public_key(), ROOT_YEARS)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_ISSUING, critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(made_key.public_key()), critical=False)
        _write(key, _pem(made_key))
        _write(certificate, made.sign(made_key, hashes.SHA384()).public_bytes(serialization.Encoding.PEM))
    loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(certificate.read_bytes()), loaded


def _seal(root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, name: str, password: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    made = _builder(_name(name), root.subject, key.public_key(), SEAL_YEARS)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_SIGNING, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    made = made.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
    )
    certificate = made.sign(root_key, hashes.SHA384())
    locked = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [root], locked)


def _builder(subject: x509.Name, issuer: x509.Name, public_key, years: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)  # the machine's own clock: other programs check the dates against theirs
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + years * 365 * _DAY)
    )


def _name(common: str) -> x509.Name:
    """A common name holds 64 bytes at most; a character of Chinese takes three."""
    short = common.encode()[:64].decode(errors="ignore")
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, short)])


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by the owner only."""
    part = path.with_suffix(path.suffix + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)
