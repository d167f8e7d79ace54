"""What comes in one request: statements as JSON, or JSON with attachments; nothing left over, nothing missing."""

import dataclasses
import hashlib
import json
from uuid import uuid4

from peibu.learning.statement.check import CHECKS, SIGNATURE
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.multipart import Part, parts
from peibu.learning.statement.signatures import signature_of, verify

JSON = "application/json"
_HASHES = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclasses.dataclass(frozen=True)
class Package:
    """Checked statements, each with an id; `files` by sha2: (content type, content).

    The bytes that were signed stand in the signature's own attachment, which is kept as it came.
    """

    statements: list[dict]
    files: dict[str, tuple[str, bytes]]


def _no_constant(name: str) -> None:
    raise ValueError(name)


def parse(raw: bytes, where: str = "请求正文") -> object:
    """JSON as strict as its standard: UTF-8, no NaN, no character that a database cannot hold."""
    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid(where, "不是有效的 JSON", "请检查括号、引号和编码（UTF-8）后重新发送。") from None
    if ("\\u0000" in text or "\\ud" in text.lower()) and not storable(value):
        raise Invalid(where, "含有数据库无法保存的字符（空字符或不成对的代理字符）", "请去掉这些字符后重新发送。")
    return value


def storable(value: object) -> bool:
    """Can PostgreSQL keep every text in here? It refuses U+0000 and lone surrogates."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(part) for key, part in value.items())
    return not isinstance(value, list) or all(map(storable, value))


def read(body: bytes, content_type: str, version: str, named: str = "") -> Package:
    """The package of a request; `version` is "1" or "2". Raises Invalid with the place of the first fault.

    named: the id under which one single statement is put.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind == JSON:
        return _package(body, [], version, named)
    if kind == "multipart/mixed":
        first, *others = parts(body, content_type)
        if first.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
            raise Invalid("请求正文", "multipart/mixed 的第一部分应为 application/json")
        return _package(first.content, others, version, named)
    raise Invalid("Content-Type", "应为 application/json 或 multipart/mixed")


def _package(raw: bytes, others: list[Part], version: str, named: str) -> Package:
    value = parse(raw)
    check = CHECKS[version]
    statements = value if isinstance(value, list) else [value]
    for number, one in enumerate(statements):
        check(one, f"[{number}]" if isinstance(value, list) else "")
    if named:
        _put(value, named)
    _named(statements)
    files = {_hash_of(part): part for part in others}
    _fits(statements, files)
    _signatures(statements, files)
    kept = {sha2: (part.headers.get("content-type", ""), part.content) for sha2, part in files.items()}
    return Package(statements, kept)


def _put(value: object, named: str) -> None:
    """The one statement of a PUT bears the id of its address."""
    if not isinstance(value, dict):
        raise Invalid("请求正文", "PUT 只能发送一条语句")
    if value.setdefault("id", named).lower() != named.lower():
        raise Invalid("id", "与参数 statementId 不一致")


def _named(statements: list[dict]) -> None:
    """Every statement has its id, and none comes twice."""
    seen = set()
    for number, one in enumerate(statements):
        name = one["id"] = one["id"].lower() if "id" in one else str(uuid4())
        if name in seen:
            raise Invalid(f"[{number}].id", "同一批中出现了相同的语句编号")
        seen.add(name)


def _hash_of(part: Part) -> str:
    said = part.headers.get("x-experience-api-hash")
    if not said:
        raise Invalid("X-Experience-API-Hash", "附件缺少该头部")
    if part.headers.get("content-transfer-encoding", "").lower() != "binary":
        raise Invalid("Content-Transfer-Encoding", "附件的传输编码应为 binary")
    name = _HASHES.get(len(said))
    if name is None or hashlib.new(name, part.content).hexdigest() != said.lower():
        raise Invalid("X-Experience-API-Hash", "与附件内容的 SHA-2 值不一致")
    return said.lower()


def _all_attachments(statement: dict) -> list[dict]:
    target = statement["object"]
    inner = target.get("attachments", []) if target.get("objectType") == "SubStatement" else []
    return [*statement.get("attachments", ()), *inner]


def _fits(statements: list[dict], files: dict[str, Part]) -> None:
    """Each attachment has its content or an address; each content is named by a statement.

    The hash says which content is meant; `length` is not held against it (the conformance suite sends a wrong one).
    """
    told = set()
    for number, statement in enumerate(statements):
        for one in _all_attachments(statement):
            told.add(one["sha2"].lower())
            here = f"[{number}].attachments"
            if one["sha2"].lower() not in files and ("fileUrl" not in one or one["usageType"] == SIGNATURE):
                raise Invalid(here, "附件既没有随请求发送，也没有 fileUrl")
    if not files.keys() <= told:
        raise Invalid("X-Experience-API-Hash", "没有语句提到该附件")


def _signatures(statements: list[dict], files: dict[str, Part]) -> None:
    for number, statement in enumerate(statements):
        found = signature_of(statement)
        if found is None:
            continue
        here = f"[{number}].attachments"
        if found["contentType"].split(";")[0].strip() != "application/octet-stream":
            raise Invalid(here, "签名附件的 contentType 应为 application/octet-stream")
        verify(statement, files[found["sha2"].lower()].content, here)
