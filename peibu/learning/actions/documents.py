"""Documents of the three document resources: put, merged, deleted; who writes over something says that it has seen it."""

import dataclasses
import datetime as dt
import hashlib
import json

from django.db import transaction

from peibu.learning.models import Document
from peibu.learning.queries.documents import Place, rows_of
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.package import JSON, parse


class Precondition(Exception):
    """412: the document is not, or no longer, what the sender thinks; 409: the sender did not say what it has seen."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status = status


@dataclasses.dataclass(frozen=True)
class Content:
    """What was sent."""

    media: str
    content: bytes

    @property
    def is_json(self) -> bool:
        return self.media.split(";")[0].strip().lower() == JSON

    def etag(self) -> str:
        """SHA-1 is what xAPI 1.0.3 asks for (communication 3.1)."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


@dataclasses.dataclass(frozen=True)
class Condition:
    """If-Match and If-None-Match: None when not sent, else tags without quotes or "*"."""

    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None

    def hold(self, row: Document | None) -> None:
        """Raise Precondition unless what is here is what the sender expects."""
        if self.match is not None and not _meets(self.match, row):
            raise Precondition(412, "文档已被修改或不存在（If-Match 不符）。请重新读取后再提交。")
        if self.none_match is not None and _meets(self.none_match, row):
            raise Precondition(412, "文档已经存在（If-None-Match 不符）。请重新读取后再提交。")


def _meets(tags: tuple[str, ...], row: Document | None) -> bool:
    return row is not None and ("*" in tags or row.etag in tags)


def _locked(place: Place) -> Document | None:
    with_lock = rows_of(place).select_for_update()
    return with_lock.first()


@transaction.atomic
def put_document(place: Place, sent: Content, condition: Condition, *, at: dt.datetime, careful: bool) -> None:
    """Write a document whole. careful: what is here may only be written over by somebody who says what it was."""
    row = _locked(place)
    if careful and row is not None and condition.match is None and condition.none_match is None:
        raise Precondition(
            409, "文档已经存在。请先读取，再用 If-Match 带上它的 ETag 提交，或用 If-None-Match: * 表示只新建。"
        )
    condition.hold(row)
    _write(place, row, sent, at)


@transaction.atomic
def post_document(place: Place, sent: Content, condition: Condition, *, at: dt.datetime) -> None:
    """Merge into a JSON document, top-level names only; where there is none, the same as put."""
    row = _locked(place)
    condition.hold(row)
    if sent.is_json:
        _object(sent.content, "请求正文")
    if row is not None:
        sent = _merged(row, sent)
    _write(place, row, sent, at)


@transaction.atomic
def delete_documents(place: Place, condition: Condition) -> None:
    """Delete one document, or all of a place without a name."""
    if place.name is not None:
        condition.hold(_locked(place))
    rows_of(place).delete()


def _merged(row: Document, sent: Content) -> Content:
    here = Content(row.content_type, bytes(row.content))
    if not (here.is_json and sent.is_json):
        raise Invalid("Content-Type", "只有两份文档都是 application/json 时才能合并")
    whole = _object(here.content, "已有文档") | _object(sent.content, "请求正文")
    return Content(sent.media, json.dumps(whole, ensure_ascii=False).encode())


def _object(content: bytes, where: str) -> dict:
    value = parse(content, where)
    if not isinstance(value, dict):
        raise Invalid(where, "应为 JSON 对象")
    return value


def _write(place: Place, row: Document | None, sent: Content, at: dt.datetime) -> None:
    told = {"content_type": sent.media, "content": sent.content, "etag": sent.etag(), "updated": at}
    if row is not None:
        Document.objects.filter(pk=row.pk).update(**told)
        return
    _made, new = Document.objects.get_or_create(**place.fields(), defaults=told)
    if not new:
        raise Precondition(409, "另一请求刚刚写入了同一文档。请重新读取后再提交。")
