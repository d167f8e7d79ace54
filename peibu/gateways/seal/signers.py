"""Which key signs for a bureau: a file (PKCS#12) or a token (PKCS#11), by setting."""

from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from peibu.gateways.seal.authority import test_seal_file, trust_of_folder
from peibu.gateways.seal.errors import SealUnavailable

KINDS = ("test", "pkcs12", "pkcs11")


@dataclass(frozen=True, kw_only=True)
class SealSettings:
    """Where keys are. `kind` is one of KINDS, or empty when none is set up.

    `folder` holds the trusted roots (`*.pem`) and, for files, `<code>.p12`; `module` is the library of the token,
    `token` its label; `password` opens the file or is the token's PIN. Keys of a token are labelled with the code.
    """

    kind: str
    folder: Path
    password: str
    module: str = ""
    token: str = ""


def seal_of(settings: SealSettings, *, code: str, name: str) -> Signer:
    """The signer of a bureau. Raises SealUnavailable with what to set up."""
    if settings.kind == "test":
        path = test_seal_file(settings.folder, code=code, name=f"{name}（测试）", password=settings.password)
        return _from_file(path, settings, name)
    if settings.kind == "pkcs12":
        return _from_file(settings.folder / f"{code}.p12", settings, name)
    if settings.kind == "pkcs11":
        return _from_token(settings, code, name)
    raise SealUnavailable("没有配置电子印章，证书文件未签名。请按 docs/how-to/set-up-the-seal.md 设置 PEIBU_SEAL")


def _from_file(path: Path, settings: SealSettings, name: str) -> Signer:
    if not path.is_file():
        raise SealUnavailable(f"没有找到{name}的电子印章文件 {path.name}，证书文件未签名。请放入印章文件夹后重试")
    signer = SimpleSigner.load_pkcs12(str(path), passphrase=settings.password.encode())
    if signer is None:
        raise SealUnavailable(
            f"{name}的电子印章文件 {path.name} 打不开，证书文件未签名。请核对口令和文件格式（PKCS#12）"
        )
    return signer


def _from_token(settings: SealSettings, code: str, name: str) -> Signer:
    from pkcs11.exceptions import PKCS11Error

    try:
        signer = PKCS11Signer(_session(settings), cert_label=code, key_label=code)
        signer.signing_cert  # noqa: B018  read now: a missing key is told before the first page is signed
    except (PKCS11Error, LookupError, OSError, RuntimeError) as problem:
        raise SealUnavailable(
            f"印章设备中没有可用的{name}签名密钥（标签 {code}），证书文件未签名。请核对设备、口令和标签：{problem!r}"
        ) from problem
    return signer


def _session(settings: SealSettings):
    """A session of the token. The PIN counts for the whole process: given a second time it is refused."""
    from pkcs11.exceptions import UserAlreadyLoggedIn
    from pyhanko.config.pkcs11 import TokenCriteria

    token = TokenCriteria(label=settings.token)
    try:
        return open_pkcs11_session(settings.module, token_criteria=token, user_pin=settings.password)
    except UserAlreadyLoggedIn:
        return open_pkcs11_session(settings.module, token_criteria=token)


def trusted_roots(settings: SealSettings) -> SimpleCertificateStore:
    """The roots a signature must lead to."""
    store = SimpleCertificateStore()
    for content in trust_of_folder(settings.folder):
        for _kind, _headers, body in pem.unarmor(content, multiple=True):
            store.register(Certificate.load(body))
    return store
